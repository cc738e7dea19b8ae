#include "rollup/definition.hpp"

#include "base/embedded.hpp"
#include "charge/control_totals.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <utility>

namespace billow::rollup {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view slice_field = "x_SliceId";

/// A sum of the first means something only among charges that share the second.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> units = {{
    {"CommitmentDiscountQuantity", "CommitmentDiscountUnit"},
    {"ConsumedQuantity", "ConsumedUnit"},
    {"PricingQuantity", "PricingUnit"},
}};

constexpr std::array<std::string_view, 3> needed_groups = {"x_FeedId", "BillingPeriodStart",
                                                           "BillingCurrency"};

Error wrong(std::string_view name, std::string_view what) {
  return {Errc::bad_config, fmt::format("transforms/{}.json: {}", name, what)};
}

/// A text member; "" when there is none.
std::string text_of(dom::element object, std::string_view member) {
  std::string_view text;
  if (object[member].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

/// The only member of an object.
Result<std::pair<std::string_view, dom::element>> only_member(dom::element element) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS || object.size() != 1)
    return Error{Errc::bad_config, "an object with one member is expected"};
  const auto member = *object.begin();
  return std::pair<std::string_view, dom::element>(member.key, member.value);
}

Result<Group> read_group(std::string_view name, dom::element element) {
  auto kind = only_member(element);
  if (!kind) return kind.error();
  Group group;
  group.name = name;
  group.field = text_of(kind->second, "field");
  if (kind->first == "date_histogram") {
    group.interval = text_of(kind->second, "calendar_interval");
  } else if (kind->first != "terms") {
    return Error{Errc::bad_config, fmt::format("'{}' is no terms and no date_histogram", name)};
  }
  const bool dated = kind->first == "date_histogram";
  if (group.field.empty() || (dated && group.interval.empty()))
    return Error{Errc::bad_config, fmt::format("'{}' lacks a field or an interval", name)};
  bool missing = false;
  if (kind->second["missing_bucket"].get(missing) == simdjson::SUCCESS)
    group.missing_bucket = missing;
  return group;
}

Result<Measure> read_measure(std::string_view name, dom::element element) {
  auto kind = only_member(element);
  if (!kind) return kind.error();
  Measure measure;
  measure.name = name;
  measure.field = text_of(kind->second, "field");
  measure.counts = kind->first == "value_count";
  if (measure.field.empty() || (!measure.counts && kind->first != "sum"))
    return Error{Errc::bad_config, fmt::format("'{}' is no sum and no value_count", name)};
  return measure;
}

bool has_group(const Definition& definition, std::string_view field) {
  return std::ranges::any_of(definition.groups, [field](const Group& group) {
    return group.name == field && group.field == field;
  });
}

bool has_measure(const Definition& definition, std::string_view name, std::string_view field,
                 bool counts) {
  return std::ranges::any_of(definition.measures, [&](const Measure& measure) {
    return measure.name == name && measure.field == field && measure.counts == counts;
  });
}

/// "" when the sums of the definition's documents cannot go wrong.
std::string fault_of(const Definition& definition) {
  if (definition.version < 1) return "_meta.version is missing";
  if (definition.groups.empty() || definition.groups.front().field != slice_field)
    return "the first group has to be x_SliceId";
  for (const std::string_view field : needed_groups) {
    if (!has_group(definition, field)) return fmt::format("it does not group by {}", field);
  }
  for (const std::string_view cost : cost_names) {
    if (!has_measure(definition, cost, cost, false)) return fmt::format("it does not sum {}", cost);
  }
  if (!has_measure(definition, "x_ChargeCount", slice_field, true))
    return "x_ChargeCount does not count x_SliceId";
  for (const auto& [quantity, unit] : units) {
    const bool summed = has_measure(definition, quantity, quantity, false);
    if (summed && !has_group(definition, unit))
      return fmt::format("it sums {} without grouping by {}", quantity, unit);
  }
  return {};
}

Result<void> read_pivot(dom::element root, Definition& definition) {
  dom::object groups;
  dom::object measures;
  if (root["pivot"]["group_by"].get(groups) != simdjson::SUCCESS ||
      root["pivot"]["aggregations"].get(measures) != simdjson::SUCCESS)
    return wrong(definition.name, "pivot.group_by or pivot.aggregations is missing");
  for (const auto& member : groups) {
    auto group = read_group(member.key, member.value);
    if (!group) return wrong(definition.name, group.error().detail);
    definition.groups.push_back(*std::move(group));
  }
  for (const auto& member : measures) {
    auto measure = read_measure(member.key, member.value);
    if (!measure) return wrong(definition.name, measure.error().detail);
    definition.measures.push_back(*std::move(measure));
  }
  return {};
}

}  // namespace

std::string Definition::alias() const { return "billow-" + name; }

std::string Definition::generation() const {
  std::string made = fmt::format("v{}", version);
  if (tags.empty()) return made;
  std::string joined;
  for (const std::string& tag : tags) joined += tag + '\n';
  return made + fmt::format("-{:08x}",
                            XXH3_64bits(joined.data(), joined.size()) & std::uint64_t{0xffffffff});
}

std::string Definition::index(std::string_view feed, std::string_view year) const {
  return fmt::format("{}-{}-{}-{}", alias(), feed, year, generation());
}

bool Definition::owns(std::string_view index, std::string_view feed, std::string_view year) const {
  const std::string prefix = fmt::format("{}-{}-{}-v", alias(), feed, year);
  if (!index.starts_with(prefix)) return false;
  std::string_view rest = index.substr(prefix.size());
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  rest.remove_prefix(digits);
  if (digits == 0 || rest.empty()) return digits != 0;
  constexpr std::size_t hash_chars = 8;
  return rest.size() == hash_chars + 1 && rest.front() == '-' &&
         rest.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
}

bool Definition::owns(std::string_view index) const {
  constexpr std::size_t year_size = 4;
  const std::size_t feed_begin = alias().size() + 1;
  const std::size_t mark = index.rfind("-v");
  if (mark == std::string_view::npos || mark < feed_begin + year_size + 1) return false;
  const std::size_t year_begin = mark - year_size;
  const std::string_view feed = index.substr(feed_begin, year_begin - 1 - feed_begin);
  return owns(index, feed, index.substr(year_begin, year_size));
}

Result<Definition> parse_definition(std::string_view name, std::string_view json) {
  Definition definition;
  definition.name = name;
  dom::parser parser;
  dom::element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS)
    return wrong(name, "it is no JSON");
  dom::element query;
  if (root["source"]["query"].get(query) == simdjson::SUCCESS)
    return wrong(name, "source.query would leave charges out, so that sums could not be checked");
  std::int64_t version = 0;
  if (root["_meta"]["version"].get(version) == simdjson::SUCCESS)
    definition.version = static_cast<int>(version);
  bool tagged = false;
  if (root["_meta"]["tags"].get(tagged) == simdjson::SUCCESS) definition.tagged = tagged;
  if (auto read = read_pivot(root, definition); !read) return read.error();
  const std::string fault = fault_of(definition);
  if (!fault.empty()) return wrong(name, fault);
  return definition;
}

Result<std::vector<Definition>> shipped_definitions(const std::vector<std::string>& tags) {
  std::vector<Definition> definitions;
  for (const embedded::File& file : embedded::transforms()) {
    auto definition = parse_definition(file.name.substr(0, file.name.rfind('.')), file.text);
    if (!definition) return definition.error();
    if (definition->tagged) definition->tags = tags;
    for (const std::string& tag : definition->tags) {
      Group group;
      group.name = group.field = std::string(tags_prefix) + tag;
      group.missing_bucket = true;
      definition->groups.push_back(std::move(group));
    }
    definitions.push_back(*std::move(definition));
  }
  std::ranges::sort(definitions, {}, &Definition::name);
  return definitions;
}

}  // namespace billow::rollup
