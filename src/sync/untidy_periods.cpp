#include "sync/untidy_periods.hpp"

#include "elastic/records.hpp"
#include "elastic/slice_index.hpp"
#include "rollup/period_rollups.hpp"
#include "sync/record.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace billow::sync {
namespace {

using elastic::FamilyIndex;

constexpr int records_max = 1'000;

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
Task<std::uint64_t> count_unseen(elastic::Cluster& cluster,
                                 std::map<std::string, FamilyIndex> indices) {
  std::string names;
  std::vector<std::string> seen;
  for (const auto& [period, index] : indices) {
    names += (names.empty() ? "" : ",") + index.visible.index;
    seen.insert(seen.end(), index.visible.slice_ids.begin(), index.visible.slice_ids.end());
  }
  co_return co_await elastic::count_lines_outside(cluster, std::move(names), std::move(seen));
}

/// Of these periods, those of years in which a rollup shows anything else than the charges of the
/// settled ones: an alias was put back, or taken away. Which of a year it is, each of them tells.
Task<std::vector<std::string>> not_rolled_up(FeedSync::Context context,
                                             std::map<std::string, FamilyIndex> settled) {
  struct Year {
    std::vector<std::string> periods;
    std::vector<std::string> slice_ids;
  };
  std::map<std::string, Year> years;
  for (auto& [period, index] : settled) {
    Year& year = years[period.substr(0, period.find('-'))];
    year.periods.push_back(period);
    std::ranges::move(index.visible.slice_ids, std::back_inserter(year.slice_ids));
  }
  std::vector<std::string> found;
  for (auto& [name, year] : years) {
    rollup::PeriodRollups rollups(context.cluster, context.rollups, context.rollup_runner,
                                  context.config.id, year.periods.front());
    auto shown = co_await rollups.shows(std::move(year.slice_ids));
    if (!shown) co_return shown.error();
    if (!*shown) std::ranges::move(year.periods, std::back_inserter(found));
  }
  co_return found;
}

}  // namespace

std::map<std::string, std::vector<FamilyIndex>> undiscovered(
    std::string_view feed, const std::vector<FamilyIndex>& indices,
    const std::set<std::string>& discovered) {
  std::map<std::string, std::vector<FamilyIndex>> periods;
  for (const FamilyIndex& index : indices) {
    std::string period = elastic::period_of(feed, index.visible.index);
    if (!period.empty() && !discovered.contains(period))
      periods[std::move(period)].push_back(index);
  }
  return periods;
}

Task<OldPeriods> read_old_periods(FeedSync::Context context, std::set<std::string> discovered) {
  OldPeriods found;
  const std::string& feed = context.config.id;
  auto indices =
      co_await elastic::read_families(context.cluster, elastic::charges_index(feed, "*"));
  if (!indices) co_return indices.error();
  const auto periods = undiscovered(feed, *indices, discovered);
  if (periods.empty()) co_return found;
  std::map<std::string, FamilyIndex> settled;
  for (const auto& [period, of_period] : periods) {
    found.indexed.insert(period);
    if (is_settled(of_period))
      settled.emplace(period, of_period.front());
    else
      found.untidy.insert(period);
  }
  auto records = co_await elastic::search_documents(
      context.cluster, std::string(elastic::deliveries_index), attempts_query(feed));
  if (!records) co_return records.error();
  for (const elastic::Document& document : *records) {
    const auto record = DeliveryRecord::from_json(document.source);
    if (record && !discovered.contains(record->period)) found.untidy.insert(record->period);
  }
  if (!settled.empty()) {
    auto unseen = co_await count_unseen(context.cluster, settled);
    if (!unseen) co_return unseen.error();
    // Which of them it is, each of them tells.
    if (*unseen != 0) found.untidy.insert(found.indexed.begin(), found.indexed.end());
  }
  auto lacking = co_await not_rolled_up(context, std::move(settled));
  if (!lacking) co_return lacking.error();
  found.untidy.insert(lacking->begin(), lacking->end());
  co_return found;
}

}  // namespace billow::sync
