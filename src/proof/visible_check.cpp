#include "proof/visible_check.hpp"

#include "audit/compare.hpp"
#include "audit/line.hpp"
#include "elastic/index_family.hpp"
#include "sync/audit_record.hpp"

#include <iterator>
#include <set>
#include <utility>

namespace billow::proof {
namespace {

using audit::Finding;
using audit::FindingKind;
using Key = audit::ChainWalk::Key;

Finding finding_of(FindingKind kind, const Key& key, const std::string& index, std::string what) {
  Finding finding(kind, std::move(what));
  finding.feed = key.first;
  finding.period = key.second;
  finding.index = index;
  return finding;
}

std::vector<Finding> compare(const Key& key, const audit::Newest& recorded,
                             const elastic::ShownIndex* shown) {
  audit::Shown seen;
  seen.index = elastic::charges_index(key.first, key.second);
  if (shown != nullptr) {
    seen.index = shown->visible.index;
    seen.delivery = shown->visible.delivery_id;
    seen.slice_ids = shown->visible.slice_ids;
  }
  std::vector<Finding> findings = audit::compare_shown(recorded, seen);
  for (Finding& finding : findings) {
    finding.feed = key.first;
    finding.period = key.second;
  }
  return findings;
}

/// The members of two records that are not the same, "Slices, RowsRead".
std::string differing_members(const audit::Record& a, const audit::Record& b) {
  std::set<std::pair<std::string, std::string>> members;
  std::set<std::string> differing;
  for (auto& member : audit::members_of(a.to_json())) members.insert(std::move(member));
  for (auto& member : audit::members_of(b.to_json())) {
    if (members.erase(member) == 0) differing.insert(member.first);
  }
  for (const auto& [name, value] : members) differing.insert(name);
  std::string names;
  for (const std::string& name : differing) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

std::optional<Key> key_of(const std::string& name) {
  const auto charges = elastic::charges_name(name);
  if (!charges) return std::nullopt;
  return Key(charges->feed, charges->period);
}

std::vector<Finding> check_visible(const Newest& newest,
                                   const std::vector<elastic::ShownIndex>& shown,
                                   const Scope& scope) {
  std::vector<Finding> findings;
  std::map<Key, const elastic::ShownIndex*> by_key;
  for (const elastic::ShownIndex& index : shown) {
    const std::string& name = index.visible.index;
    const auto key = key_of(name);
    if (!key) {
      findings.push_back(finding_of(FindingKind::visible_differs, Key(), name,
                                    "readers see the index " + name + ", which is none of ours"));
      continue;
    }
    if (!scope.wants(key->first, key->second)) continue;
    if (const auto [place, first] = by_key.try_emplace(*key, &index); !first)
      findings.push_back(finding_of(FindingKind::visible_differs, *key, name,
                                    "readers see two indices of this period, " +
                                        place->second->visible.index + " and " + name +
                                        ", and so its lines twice or those of two statements"));
    if (!index.foreign.empty())
      findings.push_back(
          finding_of(FindingKind::visible_differs, *key, name, name + ": " + index.foreign));
    else if (!newest.contains(*key))
      findings.push_back(finding_of(FindingKind::publication_missing, *key, name,
                                    "readers see the delivery '" + index.visible.delivery_id +
                                        "', and the chain has no record of this period"));
  }
  for (const auto& [key, recorded] : newest) {
    if (!recorded.sound || !scope.wants(key.first, key.second)) continue;
    const auto place = by_key.find(key);
    const elastic::ShownIndex* index = place == by_key.end() ? nullptr : place->second;
    if (index != nullptr && !index->foreign.empty()) continue;
    auto found = compare(key, recorded, index);
    findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                    std::make_move_iterator(found.end()));
  }
  return findings;
}

std::vector<Finding> check_delivery(const audit::Record& record,
                                    const std::optional<sync::DeliveryRecord>& delivery) {
  const std::string id = record.delivery_record();
  std::string what;
  if (!delivery) {
    what = "the delivery record that readers' figures are explained by is missing or unreadable";
  } else {
    audit::Record said = sync::audit_record(*delivery, record.recovered);
    said.sequence = record.sequence;
    said.at = record.at;
    said.replaced = record.replaced;
    said.moved = record.moved;
    said.previous_hash = record.previous_hash;
    said.hash = record.hash;
    const std::string names = differing_members(record, said);
    if (names.empty()) return {};
    what = "the delivery record says something else than record " +
           std::to_string(record.sequence) + ": " + names;
  }
  Finding finding(FindingKind::delivery_differs, std::move(what));
  finding.sequence = record.sequence;
  finding.feed = record.feed;
  finding.period = record.period;
  finding.index = "billow-deliveries";
  finding.document = id;
  return {finding};
}

}  // namespace billow::proof
