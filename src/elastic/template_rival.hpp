#pragma once

#include "base/embedded.hpp"
#include "elastic/cluster.hpp"
#include "elastic/setup.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Index templates of the site that are in Billow's way. Of several whose patterns fit a new index,
/// Elasticsearch takes the one with the highest priority and no other, and Billow's indices need
/// Billow's. And it deletes no component template that an index template is composed of.
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

/// An index template that is composed of component templates of ours.
struct Borrower {
  std::string name;
  std::vector<std::string> components;  ///< e.g. {"billow-charges"}

  /// "the index template site is composed of Billow's ...: ..." and what to do about it.
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

/// Who keeps `removal`, the steps that remove what Billow installed, from deleting component
/// templates: every index template that stays and is composed of them. Pure.
Result<std::vector<Borrower>> find_borrowers(const std::vector<SetupStep>& removal,
                                             const std::string& answer);

/// The rival by asking the cluster, for the templates of this program; none where the user may not
/// look at templates.
Task<std::optional<Rival>> find_rival(Cluster& cluster, std::string index);

}  // namespace billow::elastic
