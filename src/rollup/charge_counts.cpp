#include "rollup/charge_counts.hpp"

#include "base/civil_time.hpp"
#include "charge/wording.hpp"
#include "charge/written_owner.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace billow::rollup {
namespace {

constexpr std::uint32_t null_size = UINT32_MAX;

/// What "ignore_above" is in the mapping of charges: a longer value is stored and not indexed, so
/// that Elasticsearch groups its charge with those that have none.
constexpr std::size_t text_units_max = 8'191;
constexpr std::size_t tag_units_max = 1'024;

/// The value as Elasticsearch sees it, which measures texts in UTF-16 code units.
std::optional<std::string_view> indexed(std::string_view value, std::size_t units_max) {
  if (value.size() <= units_max) return value;
  std::size_t units = 0;
  for (const char byte : value) {
    const auto bits = static_cast<unsigned char>(byte);
    const bool continues = (bits & 0xC0U) == 0x80U;
    const bool surrogates = bits >= 0xF0U;  // the first of four bytes
    units += continues ? 0 : surrogates ? 2 : 1;
  }
  return units <= units_max ? std::optional(value) : std::nullopt;
}

/// A value with its size in front, so that ("a", "bc") is not ("ab", "c").
void put_value(std::string& out, std::optional<std::string_view> value) {
  const std::uint32_t size = value ? static_cast<std::uint32_t>(value->size()) : null_size;
  char bytes[sizeof size];
  std::memcpy(bytes, &size, sizeof size);
  out.append(bytes, sizeof size);
  if (value) out += *value;
}

/// What put_value() put first into `bytes`, and takes it away.
std::optional<std::string_view> take_value(std::string_view& bytes) {
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (size == null_size) return std::nullopt;
  const std::string_view value = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return value;
}

std::optional<std::string_view> text_or_null(Text text) {
  return text.empty() ? std::nullopt : indexed(text, text_units_max);
}

/// As Elasticsearch sees it: a tag without a value is written as true.
std::optional<std::string_view> tag_of(const Charge& charge, std::string_view name) {
  const auto found = std::ranges::find(charge.tags, name, &Tag::key);
  if (found == charge.tags.end()) return std::nullopt;
  return found->value.data() == nullptr ? std::string_view("true")
                                        : indexed(found->value, tag_units_max);
}

std::string start_of(UnixSeconds time, bool by_month) {
  std::string date = format_date(time);  // 2026-06-01
  if (by_month) date.replace(date.size() - 2, 2, "01");
  return date + "T00:00:00.000Z";
}

template <class Column>
std::optional<Column> column_named(std::string_view name) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Column::count_); ++i) {
    const auto column = static_cast<Column>(i);
    if (name_of(column) == name) return column;
  }
  return std::nullopt;
}

}  // namespace

ChargeCounts::ChargeCounts(std::span<const Definition> definitions, std::string feed,
                           std::size_t cells_max)
    : feed_(std::move(feed)), cells_max_(cells_max) {
  for (const Definition& definition : definitions) {
    if (auto made = plan(definition)) plans_.emplace(definition.name, *std::move(made));
  }
}

std::optional<ChargeCounts::Plan> ChargeCounts::plan(const Definition& definition) {
  Plan plan;
  for (const Group& group : definition.groups) {
    auto found = source(group);
    if (!found) return std::nullopt;
    plan.groups.push_back(*found);
  }
  for (const Measure& measure : definition.measures) {
    if (measure.counts && measure.field == "x_SliceId") {
      plan.measures.emplace_back(std::nullopt);
      continue;
    }
    const auto column = column_named<NumberColumn>(measure.field);
    if (measure.counts || !column) return std::nullopt;
    const auto known = std::ranges::find(columns_, *column);
    plan.measures.emplace_back(static_cast<std::size_t>(known - columns_.begin()));
    if (known == columns_.end()) columns_.push_back(*column);
  }
  return plan;
}

std::optional<ChargeCounts::Source> ChargeCounts::source(const Group& group) {
  using enum Source::Kind;
  if (!group.interval.empty()) {
    const bool by_month = group.interval == "1M";
    if (!by_month && group.interval != "1d") return std::nullopt;
    // All charges of a slice begin on its day.
    if (group.field == "@timestamp") return Source{day, 0, by_month};
    if (group.field != "BillingPeriodStart") return std::nullopt;
    return Source{field, place_of({Field::Kind::billing_period_start, {}, {}}), by_month};
  }
  if (group.field == "x_SliceId") return Source{slice, 0, false};
  if (group.field == "x_FeedId") return Source{feed, 0, false};
  if (!group.missing_bucket) return std::nullopt;
  if (group.field.starts_with(tags_prefix))
    return Source{field, place_of({Field::Kind::tag, {}, group.field.substr(tags_prefix.size())}),
                  false};
  const auto column = column_named<TextColumn>(group.field);
  if (!column || is_json(*column)) return std::nullopt;
  return Source{field, place_of({Field::Kind::text, *column, {}}), false};
}

std::size_t ChargeCounts::place_of(Field field) {
  const auto known = std::ranges::find_if(fields_, [&field](const Field& other) {
    return other.kind == field.kind && other.column == field.column && other.name == field.name;
  });
  const auto place = static_cast<std::size_t>(known - fields_.begin());
  if (known == fields_.end()) {
    const bool is_owner = field.kind == Field::Kind::tag ||
                          (field.kind == Field::Kind::text && is_owner_text(field.column));
    (is_owner ? owner_ : thing_).fields.push_back(place);
    fields_.push_back(std::move(field));
  }
  return place;
}

void ChargeCounts::add(const Slice& slice, const Charge& charge) {
  if (gave_up_) return;
  const std::size_t place = cell_of(counted(slice), combination_of(charge));
  if (cells_.size() > cells_max_ || value_bytes_ > limits::rollup_values_bytes_max)
    return give_up();
  ++cells_[place].lines;
  DecimalSum* const amounts = amounts_.data() + place * columns_.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Number& number = charge[columns_[i]];
    if (number.has_value()) amounts[i].add(number.value);
  }
}

std::size_t ChargeCounts::cell_of(Counted& counted, std::uint32_t combination) {
  const std::uint64_t key = std::uint64_t{counted.number} << 32 | combination;
  const auto [found, fresh] = places_.try_emplace(key, static_cast<std::uint32_t>(cells_.size()));
  if (fresh) {
    counted.cells.push_back(found->second);
    cells_.push_back({combination, 0});
    amounts_.resize(amounts_.size() + columns_.size());
  }
  return found->second;
}

std::uint32_t ChargeCounts::combination_of(const Charge& charge) {
  const std::uint64_t thing =
      number_of(thing_, charge, charge.wording == nullptr ? nullptr : &charge.wording->mark);
  const std::uint64_t owner =
      number_of(owner_, charge, charge.owner == nullptr ? nullptr : &charge.owner->mark);
  const std::uint64_t parts = owner << 32 | thing;
  const auto [found, fresh] =
      combinations_.try_emplace(parts, static_cast<std::uint32_t>(parts_.size()));
  if (fresh) parts_.push_back(parts);
  return found->second;
}

std::uint32_t ChargeCounts::number_of(Part& part, const Charge& charge, std::uint32_t* mark) {
  if (mark != nullptr && *mark != 0) return *mark - 1;
  value_.clear();
  for (const std::size_t place : part.fields) {
    const Field& field = fields_[place];
    switch (field.kind) {
      case Field::Kind::text:
        put_value(value_, text_or_null(charge[field.column]));
        break;
      case Field::Kind::billing_period_start:
        put_value(value_, std::to_string(charge.billing_period_start));
        break;
      case Field::Kind::tag:
        put_value(value_, tag_of(charge, field.name));
        break;
    }
  }
  const auto [found, fresh] =
      part.numbers.try_emplace(value_, static_cast<std::uint32_t>(part.values.size()));
  if (fresh) {
    part.values.push_back(&found->first);
    value_bytes_ += value_.size();
  }
  if (mark != nullptr) *mark = found->second + 1;
  return found->second;
}

std::vector<std::optional<std::string_view>> ChargeCounts::values_of(
    std::uint32_t combination) const {
  std::vector<std::optional<std::string_view>> values(fields_.size());
  const auto take = [&values](const Part& part, std::uint32_t number) {
    std::string_view bytes = *part.values[number];
    for (const std::size_t place : part.fields) values[place] = take_value(bytes);
  };
  take(thing_, static_cast<std::uint32_t>(parts_[combination]));
  take(owner_, static_cast<std::uint32_t>(parts_[combination] >> 32));
  return values;
}

ChargeCounts::Counted& ChargeCounts::counted(const Slice& slice) {
  const SliceKey& key = slice.key;
  auto*& recent = recent_[(static_cast<std::uint32_t>(key.day) * 2 + (key.long_period ? 1 : 0)) %
                          recent_.size()];
  if (recent == nullptr || recent->first != key) {
    const auto number = static_cast<std::uint32_t>(slices_.size());
    recent = &*slices_.try_emplace(key, Counted{slice.id, number, {}}).first;
  }
  return recent->second;
}

void ChargeCounts::give_up() {
  gave_up_ = true;
  slices_.clear();
  recent_.fill(nullptr);
  combinations_ = {};
  parts_ = {};
  for (Part* part : {&thing_, &owner_}) {
    part->numbers.clear();
    part->values = {};
  }
  cells_ = {};
  amounts_ = {};
  places_ = {};
}

bool ChargeCounts::knows(const Definition& definition, const Slice& slice) const {
  const auto found = slices_.find(slice.key);
  return plans_.contains(definition.name) && found != slices_.end() &&
         found->second.slice_id == slice.id;
}

void ChargeCounts::each_document(const Definition& definition, const Slice& slice,
                                 const std::function<void(const RollupDocument&)>& take) const {
  const Plan& plan = plans_.at(definition.name);
  std::map<std::string, Sums> groups;  // by the values of the fields in their key
  std::string key;
  for (const std::uint32_t place : slices_.at(slice.key).cells) {
    const Cell& cell = cells_[place];
    const auto values = values_of(cell.combination);
    key.clear();
    for (const Source& source : plan.groups)
      if (source.kind == Source::Kind::field) put_value(key, values[source.field]);
    Sums& sums = groups[key];
    sums.lines += cell.lines;
    sums.amounts.resize(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i)
      sums.amounts[i].add(amounts_[place * columns_.size() + i]);
  }

  for (const auto& [fields, sums] : groups) {
    RollupDocument document;
    std::string_view rest = fields;
    for (const Source& source : plan.groups)
      document.groups.push_back(value_of(source, slice, rest));
    for (const auto& place : plan.measures)
      document.measures.push_back(place ? sums.amounts[*place].to_string()
                                        : std::to_string(sums.lines));
    take(document);
  }
}

std::optional<std::string> ChargeCounts::value_of(const Source& source, const Slice& slice,
                                                  std::string_view& fields) const {
  switch (source.kind) {
    case Source::Kind::slice:
      return slice.id;
    case Source::Kind::feed:
      return feed_;
    case Source::Kind::day:
      return start_of(slice.key.day * seconds_per_day, source.by_month);
    case Source::Kind::field:
      break;
  }
  const auto value = take_value(fields);
  if (!value || fields_[source.field].kind != Field::Kind::billing_period_start)
    return std::optional<std::string>(value);
  UnixSeconds time = 0;
  std::from_chars(value->data(), value->data() + value->size(), time);
  return start_of(time, source.by_month);
}

}  // namespace billow::rollup
