#pragma once

#include "elastic/publication.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The mapping of an index cannot be changed once documents are in it. Where a new version maps a
/// field in another way, what the index shows moves to a new one: "billow-charges-aws-2026-06" is
/// followed by "billow-charges-aws-2026-06-r1", "-r2" and so on, which are a family. Readers see
/// them through the alias and do not notice.
namespace billow::elastic {

/// One index of a family.
struct FamilyIndex {
  Visible visible;        ///< no slices where `shown` is false
  bool shown = false;     ///< it is behind the read alias
  bool outdated = false;  ///< `billow setup` has found that its mapping is none of today's
};

/// The member of an index mapping's `_meta` that says so.
inline constexpr const char* outdated_mark = "billow_outdated";

/// The name of the first index of the family: "-r<n>" taken off.
std::string family_of(std::string_view index);
/// The name of the n-th after the first; 0 is the first.
std::string follower(std::string_view family, unsigned number);
/// What an index of charges is called after.
struct ChargesName {
  std::string feed;
  std::string period;  ///< "2026-06"
};
/// Of "billow-charges-<feed>-<period>" and those that follow it; nullopt for any other name.
std::optional<ChargesName> charges_name(std::string_view index);
/// The period of one of a feed's indices of charges; "" for any other index.
std::string period_of(std::string_view feed, std::string_view index);
/// Where the family's documents belong: its newest index, or where that is outdated the one that
/// is to follow it. `indices` may hold those of other families. Pure.
std::string newest_of(std::string_view family, const std::vector<FamilyIndex>& indices);

/// The indices of one family of charges, sorted by name. One request.
Task<std::vector<FamilyIndex>> read_family(Cluster& cluster, std::string family);
/// The indices that a path with wildcards names, of whatever families and feeds, sorted by name.
/// One request.
Task<std::vector<FamilyIndex>> read_families(Cluster& cluster, std::string path,
                                             std::string alias = std::string(charges_alias));
/// Reads the answer to GET <path>?features=aliases,mappings. `family`: the one whose indices are
/// meant, whatever else the path has found; "": all. Pure.
Result<std::vector<FamilyIndex>> read_families_answer(const std::string& json,
                                                      std::string_view alias,
                                                      std::string_view family = {});

/// The name of the index in which readers see a period's charges, whatever its alias filters; of
/// the first of its family where they see none.
Task<std::string> find_charges(Cluster& cluster, std::string feed, std::string period);
/// Reads the answer to GET <path>/_alias/billow-charges for it. Pure.
Result<std::string> find_charges_answer(const std::string& json, std::string_view family);

}  // namespace billow::elastic
