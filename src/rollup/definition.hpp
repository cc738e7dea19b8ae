#pragma once

#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::rollup {

/// What the name of a group by a tag begins with; the tag's key follows.
inline constexpr std::string_view tags_prefix = "Tags.";

/// What charges are grouped by.
struct Group {
  std::string name;   ///< of the field in the rollup's documents; "Tags.team" is team within Tags
  std::string field;  ///< of the charge
  std::string interval;         ///< calendar interval of a date ("1d", "1M"); "": the value itself
  bool missing_bucket = false;  ///< charges without the field form a group, too
};

/// What is added up. A value_count counts charges.
struct Measure {
  std::string name;
  std::string field;
  bool counts = false;
};

/// One rollup: a pivot of the charges of slices. Written as Elasticsearch's own configuration of a
/// transform (transforms/<name>.json), of which `_meta.version` is ours.
struct Definition {
  std::string name;               ///< "daily"
  int version = 0;                ///< of `_meta`; a change of groups or measures raises it
  bool tagged = false;            ///< the tags that a site promotes become groups
  std::vector<std::string> tags;  ///< those tags; they are the last groups
  std::vector<Group> groups;      ///< x_SliceId first
  std::vector<Measure> measures;

  /// "billow-daily": what readers query.
  std::string alias() const;
  /// "v1", or "v1-0f3a99c2" where tags are promoted: documents of one generation have the same
  /// groups.
  std::string generation() const;
  /// "billow-daily-<feed>-<year>-<generation>"
  std::string index(std::string_view feed, std::string_view year) const;
  /// True for what index() of any generation may have returned.
  bool owns(std::string_view index, std::string_view feed, std::string_view year) const;
  /// The same for any feed and year.
  bool owns(std::string_view index) const;
};

/// Reads a definition and holds it to what makes sums safe: one slice, feed, period and currency a
/// document, the four costs and the number of charges in it, and a unit beside every quantity.
/// Errc::bad_config says what is wrong.
Result<Definition> parse_definition(std::string_view name, std::string_view json);

/// The definitions of transforms/ with these tags promoted where they take any, sorted by name.
Result<std::vector<Definition>> shipped_definitions(const std::vector<std::string>& tags);

}  // namespace billow::rollup
