#include "sync/untidy_periods.hpp"

#include "base/civil_time.hpp"
#include "elastic/records.hpp"
#include "elastic/slice_index.hpp"
#include "sync/record.hpp"

#include <utility>

namespace billow::sync {
namespace {

using elastic::FamilyIndex;

constexpr int records_max = 1'000;

/// The period of one of the feed's indices; "" for an index of another feed, whose name may begin
/// with ours.
std::string period_of(std::string_view feed, std::string_view index) {
  const std::string family = elastic::family_of(index);
  const std::string prefix = elastic::charges_index(feed, "");
  if (!family.starts_with(prefix)) return {};
  std::string period = family.substr(prefix.size());
  return parse_month(period) ? period : std::string();
}

/// Readers see this period in one index that is as it should be.
bool is_settled(const std::vector<FamilyIndex>& indices) {
  return indices.size() == 1 && indices.front().shown && !indices.front().outdated;
}

/// Records of attempts that neither were published nor removed. The feed's id is letters, digits
/// and dashes.
std::string attempts_query(const std::string& feed) {
  std::string states;
  for (const DeliveryState state : {DeliveryState::loading, DeliveryState::verified})
    states += (states.empty() ? "\"" : ",\"") + std::string(name_of(state)) + "\"";
  return R"({"size":)" + std::to_string(records_max) +
         R"(,"query":{"bool":{"filter":[{"term":{"x_FeedId":")" + feed +
         R"("}},{"terms":{"State":[)" + states + "]}}]}}}";
}

/// The number of lines in these indices that readers do not see.
Task<std::uint64_t> count_unseen(elastic::Cluster& cluster, std::vector<FamilyIndex> indices) {
  std::string names;
  std::vector<std::string> seen;
  for (const FamilyIndex& index : indices) {
    names += (names.empty() ? "" : ",") + index.visible.index;
    seen.insert(seen.end(), index.visible.slice_ids.begin(), index.visible.slice_ids.end());
  }
  co_return co_await elastic::count_lines_outside(cluster, std::move(names), std::move(seen));
}

}  // namespace

std::map<std::string, std::vector<FamilyIndex>> undiscovered(
    std::string_view feed, const std::vector<FamilyIndex>& indices,
    const std::set<std::string>& discovered) {
  std::map<std::string, std::vector<FamilyIndex>> periods;
  for (const FamilyIndex& index : indices) {
    std::string period = period_of(feed, index.visible.index);
    if (!period.empty() && !discovered.contains(period))
      periods[std::move(period)].push_back(index);
  }
  return periods;
}

Task<std::vector<std::string>> untidy_periods(elastic::Cluster& cluster, std::string feed,
                                              std::set<std::string> discovered) {
  auto indices = co_await elastic::read_families(cluster, elastic::charges_index(feed, "*"));
  if (!indices) co_return indices.error();
  const auto periods = undiscovered(feed, *indices, discovered);
  if (periods.empty()) co_return std::vector<std::string>();
  std::set<std::string> untidy;
  std::vector<FamilyIndex> settled;
  for (const auto& [period, of_period] : periods) {
    if (is_settled(of_period))
      settled.push_back(of_period.front());
    else
      untidy.insert(period);
  }
  auto records = co_await elastic::search_documents(cluster, std::string(elastic::deliveries_index),
                                                    attempts_query(feed));
  if (!records) co_return records.error();
  for (const elastic::Document& document : *records) {
    const auto record = DeliveryRecord::from_json(document.source);
    if (record && !discovered.contains(record->period)) untidy.insert(record->period);
  }
  if (!settled.empty()) {
    auto unseen = co_await count_unseen(cluster, settled);
    if (!unseen) co_return unseen.error();
    // Which of them it is, each of them tells.
    if (*unseen != 0)
      for (const auto& [period, of_period] : periods) untidy.insert(period);
  }
  co_return std::vector<std::string>(untidy.begin(), untidy.end());
}

}  // namespace billow::sync
