#pragma once

#include "base/embedded.hpp"
#include "elastic/cluster.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Of several index templates whose patterns fit a new index, Elasticsearch takes the one with the
/// highest priority and no other. Billow's indices need Billow's.
namespace billow::elastic {

/// An index template that is taken instead of ours.
struct Rival {
  std::string name;
  std::string pattern;        ///< e.g. "billow-*"
  std::int64_t priority = 0;  ///< above ours
  std::string ours;           ///< the name of our template
  std::int64_t our_priority = 0;

  /// "the index template site (billow-*, priority 900) comes before Billow's (...): ..." and what
  /// to do about it.
  std::string told() const;
};

/// A JSON list of all index templates, as GET of this path answers it.
inline constexpr std::string_view every_index_template =
    "/_index_template?filter_path=index_templates.name,index_templates.index_template.priority,"
    "index_templates.index_template.index_patterns,index_templates.index_template.composed_of";

/// The rivals of the templates in `files` ("index/<name>.json") for every index of one of their
/// patterns. A template composed of all that ours is composed of is none where ours adds nothing to
/// that. `answer`: that to GET every_index_template. Pure.
Result<std::vector<Rival>> find_rivals(std::span<const embedded::File> files,
                                       const std::string& answer);
/// The rival for one index, which may be of a narrower pattern. Pure.
Result<std::optional<Rival>> find_rival(std::span<const embedded::File> files,
                                        const std::string& answer, std::string_view index);

/// The same for the templates of this program, by asking the cluster; none where the user may not
/// look at templates.
Task<std::optional<Rival>> find_rival(Cluster& cluster, std::string index);

}  // namespace billow::elastic
