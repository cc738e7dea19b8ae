#include "charge/copies.hpp"
#include "charge/document_columns.hpp"
#include "charge/encode.hpp"
#include "charge/json_text.hpp"
#include "charge/wording.hpp"
#include "charge/written_owner.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>

namespace billow {
namespace {

constexpr auto resource_texts = std::span(owner_texts).first<3>();
constexpr auto account_texts = std::span(owner_texts).last<3>();
static_assert(resource_texts.front() == TextColumn::ResourceId);
static_assert(account_texts.front() == TextColumn::SubAccountId);

}  // namespace

void Encoder::word(const Charge& charge) {
  using Gap = Wording::Gap;
  using Index = decltype(Gap::index);
  using Size = decltype(Gap::key_size);
  static_assert(std::is_same_v<Size, decltype(Gap::fixed_size)>);
  constexpr std::size_t index_max = std::numeric_limits<Index>::max();
  if (charge.extra_texts.size() > index_max || charge.extra_numbers.size() > index_max) return;
  Wording& wording = *charge.wording;
  wording.gaps_.clear();
  std::string fixed;
  std::size_t after_gap = 0;  // where the bytes behind the last gap's key start
  const auto gap = [&](Gap::Kind kind, std::size_t index, std::string_view key) {
    wording.gaps_.push_back({static_cast<Size>(fixed.size() - after_gap),
                             static_cast<Size>(key.size()), kind, static_cast<Index>(index)});
    fixed += key;
    after_gap = fixed.size();
  };
  Page page;
  const auto put = [&](const char* end) { fixed.append(page.begin(), end); };

  fixed = R"({"@timestamp":")";
  gap(Gap::Kind::period_start, 0, {});
  fixed += '"';
  for (const DocumentColumn& column : document_columns()) {
    const std::string_view key(column.key.data(), column.key_size);
    if (column.kind == DocumentColumn::Kind::number) {
      gap(Gap::Kind::number, column.index, key);
    } else if (column.kind == DocumentColumn::Kind::date && column.index >= charge_period_end) {
      fixed += key;
      gap(column.index == charge_period_end ? Gap::Kind::period_end : Gap::Kind::period_start, 0,
          {});
      fixed += '"';
    } else if (&column == &document_column(resource_texts.front())) {
      gap(Gap::Kind::resource, 0, {});
    } else if (column.kind == DocumentColumn::Kind::text &&
               is_owner_text(static_cast<TextColumn>(column.index))) {
      // With the resource, or with the tags, which come right behind the account.
    } else {
      put(put_column(page, page.end(), column, charge));
    }
  }
  gap(Gap::Kind::account_and_tags, 0, {});
  const auto extra_gap = [&](Gap::Kind kind, std::size_t index, Text name,
                             std::string_view before_value) {
    char* const at = page.fit(page.end(), 8 + escaped_bytes_max * name.size());
    std::string key(at, put_extra_key(at, name));
    gap(kind, index, key.append(before_value));
  };
  for (std::size_t i = 0; i < charge.extra_texts.size(); ++i) {
    const ExtraText& extra = charge.extra_texts[i];
    if (extra.varies) {
      extra_gap(Gap::Kind::extra_text, i, extra.name, "\"");
    } else {
      put(put_extra(page, page.end(), extra));
    }
  }
  for (std::size_t i = 0; i < charge.extra_numbers.size(); ++i)
    extra_gap(Gap::Kind::extra_number, i, charge.extra_numbers[i].name, {});
  fixed += feed_;
  // Larger than all sizes that a gap holds.
  if (fixed.size() > std::numeric_limits<Size>::max()) return;
  wording.last_size_ = fixed.size() - after_gap;
  wording.room_ = fixed.size() + 2 * copied_block + wording.gaps_.size() * Wording::usual_bytes;
  fixed.append(copied_block, ' ');
  fixed.shrink_to_fit();
  wording.fixed_ = std::move(fixed);
}

char* Encoder::put_resource(Page& page, char* at, const Charge& charge) {
  for (const TextColumn column : resource_texts)
    at = put_text(page, at, document_column(column), charge[column]);
  return at;
}

char* Encoder::put_account_and_tags(Page& page, char* at, const Charge& charge) {
  for (const TextColumn column : account_texts)
    at = put_text(page, at, document_column(column), charge[column]);
  return put_tags(page, at, charge);
}

WrittenOwner Encoder::write_owner(const Charge& charge) {
  const auto passage = [](const Page& page, const char* end) {
    WrittenOwner::Passage made{{page.begin(), end}, 0};
    made.size = made.bytes.size();
    made.bytes.append(copied_block, ' ');
    made.bytes.shrink_to_fit();
    return made;
  };
  WrittenOwner owner;
  Page page;
  owner.resource_ = passage(page, put_resource(page, page.end(), charge));
  owner.account_and_tags_ = passage(page, put_account_and_tags(page, page.end(), charge));
  return owner;
}

char* Encoder::copy_passage(Page& page, char* at, const WrittenOwner::Passage& passage,
                            std::size_t room) {
  at = page.fit(at, room + passage.size);
  return copy_blocks(at, passage.bytes.data(), passage.size);
}

char* Encoder::fill_in(Page& page, char* at, const Wording& wording, const Charge& charge) {
  using Kind = Wording::Gap::Kind;
  static_assert(Wording::usual_bytes >= sizeof Instant::text);
  const std::string_view start = instant(charge_period_start, charge.charge_period_start);
  const std::string_view end = instant(charge_period_end, charge.charge_period_end);
  at = page.fit(at, wording.room_);
  const char* fixed = wording.fixed_.data();
  for (const Wording::Gap& gap : wording.gaps_) {
    const std::size_t size = std::size_t{gap.fixed_size} + gap.key_size;
    at = copy_blocks(at, fixed, size);
    fixed += size;
    switch (gap.kind) {
      case Kind::period_start:
        at = copy_to(at, start);
        break;
      case Kind::period_end:
        at = copy_to(at, end);
        break;
      case Kind::number:
      case Kind::extra_number: {
        const Text value = gap.kind == Kind::number ? charge.numbers[gap.index].text
                                                    : charge.extra_numbers[gap.index].value.text;
        if (value.size() > Wording::usual_bytes) at = page.fit(at, wording.room_ + value.size());
        at = value.empty() ? at - gap.key_size : copy_to(at, value);
        break;
      }
      case Kind::resource:
        at = charge.owner == nullptr
                 ? page.fit(put_resource(page, at, charge), wording.room_)
                 : copy_passage(page, at, charge.owner->resource_, wording.room_);
        break;
      case Kind::account_and_tags:
        at = charge.owner == nullptr
                 ? page.fit(put_account_and_tags(page, at, charge), wording.room_)
                 : copy_passage(page, at, charge.owner->account_and_tags_, wording.room_);
        break;
      case Kind::extra_text: {
        const Text value = charge.extra_texts[gap.index].value;
        if (value.empty()) {
          at -= gap.key_size;
          break;
        }
        at = page.fit(at, wording.room_ + escaped_bytes_max * value.size() + 1);
        at = escape_to(at, value);
        *at++ = '"';
        break;
      }
    }
  }
  return copy_blocks(at, fixed, wording.last_size_);
}

}  // namespace billow
