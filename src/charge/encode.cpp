#include "charge/encode.hpp"

#include "charge/document_columns.hpp"
#include "charge/json_text.hpp"
#include "charge/wording.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <set>

namespace billow {
namespace {

char* put(char* at, std::string_view bytes) noexcept {
  std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

std::string json_inside(std::string_view text) {
  std::string escaped(text.size() * escaped_bytes_max, '\0');
  escaped.resize(static_cast<std::size_t>(escape_to(escaped.data(), text) - escaped.data()));
  return escaped;
}

std::string json_string(std::string_view text) { return '"' + json_inside(text) + '"'; }

#ifndef NDEBUG
/// Elasticsearch refuses a document in which a name occurs twice.
bool names_are_unique(const Charge& charge) {
  std::set<std::string_view> extras = {"x_DeliveryId", "x_FeedId",  "x_IngestedAt",
                                       "x_LineItemId", "x_SliceId", "x_Tags"};
  std::set<std::string_view> tags;
  return std::all_of(charge.extra_texts.begin(), charge.extra_texts.end(),
                     [&](const ExtraText& extra) {
                       return extra.name.starts_with("x_") && extras.insert(extra.name).second;
                     }) &&
         std::all_of(charge.extra_numbers.begin(), charge.extra_numbers.end(),
                     [&](const ExtraNumber& extra) {
                       return extra.name.starts_with("x_") && extras.insert(extra.name).second;
                     }) &&
         std::all_of(charge.tags.begin(), charge.tags.end(),
                     [&](const Tag& tag) { return tags.insert(tag.key).second; });
}
#endif

constexpr std::size_t ordinal_digits_min = 8;
constexpr std::size_t ordinal_digits_max = 20;

/// Decimal digits, at least eight of them.
char* put_ordinal(char* at, std::uint64_t ordinal) noexcept {
  char digits[ordinal_digits_max];
  char* const end = digits + sizeof digits;
  char* first = end;
  while (ordinal != 0 || end - first < static_cast<std::ptrdiff_t>(ordinal_digits_min)) {
    *--first = static_cast<char>('0' + ordinal % 10);
    ordinal /= 10;
  }
  return put(at, {first, static_cast<std::size_t>(end - first)});
}

}  // namespace

SliceFrame::SliceFrame(std::string_view slice_id, const Provenance& provenance) {
  const std::string id = json_string(slice_id);
  action = R"({"create":{"_id":)" + id;
  action.back() = '-';
  tail = R"(,"x_DeliveryId":)" + json_string(provenance.delivery_id) + R"(,"x_SliceId":)" + id +
         R"(,"x_IngestedAt":)" + json_string(provenance.ingested_at) + "}\n";
}

Encoder::Encoder(const Provenance& provenance)
    : feed_(R"(,"x_FeedId":)" + json_string(provenance.feed_id)) {
  Instant start{0, {}};
  format_time_to(0, start.text);
  std::fill(std::begin(instants_), std::end(instants_), start);
  days_.fill(start);
  grow(nullptr, 4096);
}

char* Encoder::grow(char* at, std::size_t room) {
  const std::size_t used = at == nullptr ? 0 : static_cast<std::size_t>(at - buffer_.get());
  const std::size_t size = std::max(used + room, 2 * used);
  auto larger = std::make_unique_for_overwrite<char[]>(size);
  if (used > 0) std::memcpy(larger.get(), buffer_.get(), used);
  buffer_ = std::move(larger);
  end_ = buffer_.get() + size;
  return buffer_.get() + used;
}

std::string_view Encoder::encode(const Charge& charge) {
  assert(names_are_unique(charge));
  if (charge.wording == nullptr) return encode_anew(charge);
  if (!charge.wording->is_made()) word(charge);
  const std::string_view statement = fill_in(*charge.wording, charge);
  assert(std::string(statement) == encode_anew(charge));
  return statement;
}

std::string_view Encoder::encode_anew(const Charge& charge) {
  char* at = fit(buffer_.get(), 64);
  at = put(at, R"({"@timestamp":")");
  at = put(at, instant(charge_period_start, charge.charge_period_start));
  *at++ = '"';
  at = put_columns(at, charge);
  if (!charge.tags.empty()) at = put_tags(at, charge);
  at = put_extras(at, charge);
  at = fit(at, feed_.size());
  at = put(at, feed_);
  return {buffer_.get(), static_cast<std::size_t>(at - buffer_.get())};
}

std::string_view Encoder::instant(std::size_t date, UnixSeconds time) noexcept {
  Instant& instant = instants_[date];
  if (instant.time == time) return {instant.text, sizeof instant.text};
  instant.time = time;
  constexpr UnixSeconds days_written = 2'932'897;  // 1970 to 9999
  if (time < 0 || time >= days_written * seconds_per_day) {
    format_time_to(time, instant.text);
    return {instant.text, sizeof instant.text};
  }
  Instant& midnight = days_[static_cast<std::size_t>(time / seconds_per_day) % days_.size()];
  const auto second = static_cast<unsigned>(time % seconds_per_day);
  if (midnight.time != time - second) {
    midnight.time = time - second;
    format_time_to(midnight.time, midnight.text);
  }
  std::memcpy(instant.text, midnight.text, sizeof instant.text);
  const auto put_two = [&instant](std::size_t at, unsigned value) {
    instant.text[at] = static_cast<char>('0' + value / 10);
    instant.text[at + 1] = static_cast<char>('0' + value % 10);
  };
  put_two(11, second / 3600);
  put_two(14, second / 60 % 60);
  put_two(17, second % 60);
  return {instant.text, sizeof instant.text};
}

char* Encoder::put_columns(char* at, const Charge& charge) {
  for (const DocumentColumn& column : document_columns()) at = put_column(at, column, charge);
  return at;
}

char* Encoder::put_column(char* at, const DocumentColumn& column, const Charge& charge) {
  using enum DocumentColumn::Kind;
  switch (column.kind) {
    case text: {
      const Text value = charge.texts[column.index];
      if (value.empty()) break;
      at = fit(at, DocumentColumn::key_room + escaped_bytes_max * value.size() + 1);
      at = escape_to(column.put_key(at), value);
      *at++ = '"';
      break;
    }
    case json:
    case number: {
      const Text value =
          column.kind == json ? charge.texts[column.index] : charge.numbers[column.index].text;
      if (value.empty()) break;
      at = fit(at, DocumentColumn::key_room + value.size());
      at = copy_to(column.put_key(at), value);
      break;
    }
    case date: {
      // In the order of DocumentDate.
      const UnixSeconds dates[] = {charge.billing_period_end, charge.billing_period_start,
                                   charge.charge_period_end, charge.charge_period_start};
      const std::string_view value = instant(column.index, dates[column.index]);
      at = fit(at, DocumentColumn::key_room + value.size() + 1);
      at = put(column.put_key(at), value);
      *at++ = '"';
      break;
    }
  }
  return at;
}

char* Encoder::put_tags(char* at, const Charge& charge) {
  std::size_t room = 64;
  for (const Tag& tag : charge.tags)
    room += 2 * (escaped_bytes_max * (tag.key.size() + tag.value.size()) + 8);
  at = fit(at, room);
  at = put(at, R"(,"Tags":{)");
  for (const Tag& tag : charge.tags) {
    *at++ = '"';
    at = escape_to(at, tag.key);
    if (tag.value.data() == nullptr) {
      at = put(at, R"(":true,)");
      continue;
    }
    at = put(at, R"(":")");
    at = escape_to(at, tag.value);
    at = put(at, R"(",)");
  }
  at[-1] = '}';
  at = put(at, R"(,"x_Tags":[)");
  for (const Tag& tag : charge.tags) {
    *at++ = '"';
    at = escape_to(at, tag.key);
    if (tag.value.data() != nullptr) {
      *at++ = '=';
      at = escape_to(at, tag.value);
    }
    at = put(at, R"(",)");
  }
  at[-1] = ']';
  return at;
}

char* Encoder::put_extras(char* at, const Charge& charge) {
  for (const ExtraText& extra : charge.extra_texts) at = put_extra(at, extra);
  for (const ExtraNumber& extra : charge.extra_numbers) {
    if (!extra.value.has_value()) continue;
    at = fit(at, 8 + escaped_bytes_max * extra.name.size() + extra.value.text.size());
    at = copy_to(put_extra_key(at, extra.name), extra.value.text);
  }
  return at;
}

char* Encoder::put_extra(char* at, const ExtraText& extra) {
  if (extra.value.empty()) return at;
  at = fit(at, 8 + escaped_bytes_max * (extra.name.size() + extra.value.size()));
  at = put_extra_key(at, extra.name);
  *at++ = '"';
  at = escape_to(at, extra.value);
  *at++ = '"';
  return at;
}

char* Encoder::put_extra_key(char* at, Text name) noexcept {
  at = put(at, R"(,")");
  at = escape_to(at, name);
  return put(at, R"(":)");
}

void append_item(std::string& bytes, const SliceFrame& frame, std::uint64_t ordinal,
                 std::string_view statement, Text line_item_id) {
  char number[ordinal_digits_max + 4];
  char* const number_end = put(put_ordinal(number, ordinal), "\"}}\n");
  bytes.append(frame.action);
  bytes.append(number, number_end);
  bytes.append(statement);
  if (!line_item_id.empty()) {
    bytes.append(R"(,"x_LineItemId":")");
    char usual[escaped_bytes_max * 64];
    if (escaped_bytes_max * line_item_id.size() <= sizeof usual) {
      bytes.append(usual, escape_to(usual, line_item_id));
    } else {
      bytes.append(json_inside(line_item_id));
    }
    bytes.push_back('"');
  }
  bytes.append(frame.tail);
}

std::string line_id(std::string_view slice_id, std::uint64_t ordinal) {
  char number[ordinal_digits_max];
  return std::string(slice_id) + '-' + std::string(number, put_ordinal(number, ordinal));
}

}  // namespace billow
