#include "charge/encode.hpp"

#include "charge/copies.hpp"
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

bool is_null(const DocumentColumn& column, const Charge& charge) noexcept {
  switch (column.kind) {
    case DocumentColumn::Kind::text:
    case DocumentColumn::Kind::json:
      return charge.texts[column.index].empty();
    case DocumentColumn::Kind::number:
      return charge.numbers[column.index].text.empty();
    case DocumentColumn::Kind::date:
      return false;
  }
  return false;
}

UnixSeconds date_of(const DocumentColumn& column, const Charge& charge) noexcept {
  switch (column.index) {
    case billing_period_end:
      return charge.billing_period_end;
    case billing_period_start:
      return charge.billing_period_start;
    case charge_period_end:
      return charge.charge_period_end;
    default:
      return charge.charge_period_start;
  }
}

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
  action_size = action.size();
  tail_size = tail.size();
  action.append(copied_block, ' ');
  tail.append(copied_block, ' ');
}

Encoder::Encoder(const Provenance& provenance)
    : feed_(R"(,"x_FeedId":)" + json_string(provenance.feed_id)) {
  Instant start{0, {}};
  format_time_to(0, start.text);
  std::fill(std::begin(instants_), std::end(instants_), start);
  days_.fill(start);
}

std::string_view Encoder::encode(const Charge& charge) {
  const char* const end = put_statement(own_, own_.fit(own_.end(), 1), charge);
  return {own_.begin(), own_.place_of(end)};
}

std::string_view Encoder::append_item(Page& page, const SliceFrame& frame, std::uint64_t ordinal,
                                      const Charge& charge) {
  constexpr std::string_view action_end = "\"}}\n";
  constexpr std::string_view line_item_key = R"(,"x_LineItemId":")";
  char* at = page.fit(page.end(), frame.action.size() + ordinal_digits_max + action_end.size());
  at = copy_blocks(at, frame.action.data(), frame.action_size);
  at = put(put_ordinal(at, ordinal), action_end);
  const std::size_t start = page.place_of(at);
  at = put_statement(page, at, charge);
  const std::size_t size = page.place_of(at) - start;
  const Text id = charge.line_item_id;
  at = page.fit(at, line_item_key.size() + escaped_bytes_max * id.size() + 1 + frame.tail.size());
  if (!id.empty()) {
    at = escape_to(put(at, line_item_key), id);
    *at++ = '"';
  }
  page.set_end(copy_blocks(at, frame.tail.data(), frame.tail_size));
  return {page.begin() + start, size};
}

char* Encoder::put_statement(Page& page, char* at, const Charge& charge) {
  assert(names_are_unique(charge));
  if (charge.wording == nullptr) return put_anew(page, at, charge);
  if (!charge.wording->is_made()) word(charge);
  if (!charge.wording->is_made()) return put_anew(page, at, charge);
#ifndef NDEBUG
  Page anew;
  const char* const end = put_anew(anew, anew.end(), charge);
  const std::string expected(anew.begin(), end);
  const std::size_t start = page.place_of(at);
#endif
  at = fill_in(page, at, *charge.wording, charge);
  assert(std::string_view(page.begin() + start, page.place_of(at) - start) == expected);
  return at;
}

char* Encoder::put_anew(Page& page, char* at, const Charge& charge) {
  constexpr std::string_view first_key = R"({"@timestamp":")";
  at = page.fit(at, first_key.size() + sizeof Instant::text + 1);
  at = put(put(at, first_key), instant(charge_period_start, charge.charge_period_start));
  *at++ = '"';
  at = put_columns(page, at, charge);
  at = put_tags(page, at, charge);
  at = put_extras(page, at, charge);
  return put(page.fit(at, feed_.size()), feed_);
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

char* Encoder::put_columns(Page& page, char* at, const Charge& charge) {
  for (const DocumentColumn& column : document_columns()) {
    if (!is_null(column, charge)) at = put_column(page, at, column, charge);
  }
  return at;
}

char* Encoder::put_column(Page& page, char* at, const DocumentColumn& column,
                          const Charge& charge) {
  using enum DocumentColumn::Kind;
  switch (column.kind) {
    case text:
      at = put_text(page, at, column, charge.texts[column.index]);
      break;
    case json:
    case number: {
      const Text value =
          column.kind == json ? charge.texts[column.index] : charge.numbers[column.index].text;
      if (value.empty()) break;
      at = page.fit(at, DocumentColumn::key_room + value.size());
      at = copy_to(column.put_key(at), value);
      break;
    }
    case date: {
      const std::string_view value = instant(column.index, date_of(column, charge));
      at = page.fit(at, DocumentColumn::key_room + value.size() + 1);
      at = put(column.put_key(at), value);
      *at++ = '"';
      break;
    }
  }
  return at;
}

char* Encoder::put_text(Page& page, char* at, const DocumentColumn& column, Text value) {
  if (value.empty()) return at;
  at = page.fit(at, DocumentColumn::key_room + escaped_bytes_max * value.size() + 1);
  at = escape_to(column.put_key(at), value);
  *at++ = '"';
  return at;
}

char* Encoder::put_tags(Page& page, char* at, const Charge& charge) {
  if (charge.tags.empty()) return at;
  std::size_t room = 64;
  for (const Tag& tag : charge.tags)
    room += 2 * (escaped_bytes_max * (tag.key.size() + tag.value.size()) + 8);
  at = page.fit(at, room);
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

char* Encoder::put_extras(Page& page, char* at, const Charge& charge) {
  for (const ExtraText& extra : charge.extra_texts) at = put_extra(page, at, extra);
  for (const ExtraNumber& extra : charge.extra_numbers) {
    if (!extra.value.has_value()) continue;
    at = page.fit(at, 8 + escaped_bytes_max * extra.name.size() + extra.value.text.size());
    at = copy_to(put_extra_key(at, extra.name), extra.value.text);
  }
  return at;
}

char* Encoder::put_extra(Page& page, char* at, const ExtraText& extra) {
  if (extra.value.empty()) return at;
  at = page.fit(at, 8 + escaped_bytes_max * (extra.name.size() + extra.value.size()));
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

std::string line_id(std::string_view slice_id, std::uint64_t ordinal) {
  char number[ordinal_digits_max];
  return std::string(slice_id) + '-' + std::string(number, put_ordinal(number, ordinal));
}

}  // namespace billow
