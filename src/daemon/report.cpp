#include "daemon/report.hpp"

#include "base/civil_time.hpp"
#include "elastic/index_family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace billow::daemon {
namespace {

constexpr double tolerance = 1e-9;

std::string time_group(ReportBy by, const SliceKey& key) {
  const UnixSeconds start = key.day * seconds_per_day;
  return by == ReportBy::day ? format_date(start) : month_of(start);
}

/// The slices of a record that its index shows, as control totals allow to add them up.
class SliceSums {
 public:
  explicit SliceSums(Report& report) : report_(report) {}

  void add(const VisibleDelivery& delivery) {
    const std::vector<std::string>& shown = delivery.visible.slice_ids;
    if (!delivery.record) {
      report_.complete = false;
      report_.warnings.push_back(
          fmt::format("{}: no record '{}' in billow-deliveries; its {} slices are missing in "
                      "the exact totals",
                      delivery.visible.index, delivery.visible.delivery_id, shown.size()));
      return;
    }
    std::size_t known = 0;
    for (const Slice& slice : delivery.record->slices) {
      if (!std::binary_search(shown.begin(), shown.end(), slice.id)) continue;
      ++known;
      add(slice);
    }
    if (known == shown.size()) return;
    report_.complete = false;
    report_.warnings.push_back(
        fmt::format("{}: {} of {} visible slices are not in their record; they are missing "
                    "in the exact totals",
                    delivery.visible.index, shown.size() - known, shown.size()));
  }

  void finish() {
    for (auto& [key, row] : rows_) report_.rows.push_back(std::move(row));
  }

 private:
  void add(const Slice& slice) {
    const bool by_time = is_by_time(report_.scope.by);
    const std::string group = by_time ? time_group(report_.scope.by, slice.key) : "";
    for (const auto& [currency, totals] : slice.totals.by_currency) {
      report_.totals[currency].add(totals);
      if (!by_time) continue;
      ReportRow& row = rows_[{group, currency}];
      row.group = {group};
      row.currency = currency;
      row.charges += totals.lines;
      row.cost.add(totals.sums[report_.scope.cost]);
    }
  }

  Report& report_;
  std::map<std::pair<std::string, std::string>, ReportRow> rows_;
};

/// Readers, and so all figures, take in what an index shows, whoever made it. `indices`: by feed
/// and period, the one that was met first.
void warn_of_intruder(const elastic::Visible& visible,
                      std::map<std::pair<std::string, std::string>, std::string>& indices,
                      Report& report) {
  const auto named = feed_and_period(visible.delivery_id);
  const auto name = elastic::charges_name(visible.index);
  const auto [place, first] = indices.try_emplace(named, visible.index);
  if (!first)
    report.warnings.push_back(
        fmt::format("{} and {} both show {} {}: its lines are counted twice, or those of two "
                    "statements; 'billow sync' says what to do",
                    place->second, visible.index, named.first, named.second));
  else if (!name || name->feed != named.first || name->period != named.second)
    report.warnings.push_back(
        fmt::format("{} shows {} {}, and Billow did not make it; 'billow sync' says what to do",
                    visible.index, named.first, named.second));
}

}  // namespace

std::vector<std::string> headings_of(ReportBy by) {
  switch (by) {
    case ReportBy::provider:
      return {"ServiceProviderName"};
    case ReportBy::service:
      return {"ServiceName"};
    case ReportBy::account:
      return {"SubAccountId", "SubAccountName"};
    case ReportBy::day:
      return {"Day"};
    case ReportBy::month:
      return {"Month"};
    case ReportBy::category:
      return {"ChargeCategory"};
    case ReportBy::region:
      return {"RegionName"};
  }
  return {};
}

bool is_by_time(ReportBy by) noexcept { return by == ReportBy::day || by == ReportBy::month; }

std::pair<std::string, std::string> feed_and_period(std::string_view record_id) {
  // The period has no ':' and neither has a feed's id.
  const std::size_t first = std::min(record_id.find(':'), record_id.size());
  const std::string_view rest = record_id.substr(std::min(first + 1, record_id.size()));
  return {std::string(record_id.substr(0, first)), std::string(rest.substr(0, rest.find(':')))};
}

bool in_scope(const elastic::Visible& visible, const ReportScope& scope) {
  const auto [feed, period] = feed_and_period(visible.delivery_id);
  const bool feed_wanted = scope.feeds.empty() || std::find(scope.feeds.begin(), scope.feeds.end(),
                                                            feed) != scope.feeds.end();
  return feed_wanted && (!scope.period || *scope.period == period);
}

Report report_of(const std::vector<VisibleDelivery>& deliveries, ReportScope scope) {
  Report report;
  report.scope = std::move(scope);
  report.exact_rows = is_by_time(report.scope.by);
  SliceSums sums(report);
  std::map<std::pair<std::string, std::string>, std::string> indices;
  for (const VisibleDelivery& delivery : deliveries) {
    if (!in_scope(delivery.visible, report.scope)) continue;
    sums.add(delivery);
    warn_of_intruder(delivery.visible, indices, report);
  }
  sums.finish();
  return report;
}

void check_rows(Report& report) {
  std::map<std::string, std::pair<DecimalSum, std::uint64_t>> sums;
  for (const auto& [currency, totals] : report.totals) sums[currency];
  for (const ReportRow& row : report.rows) {
    sums[row.currency].first.add(row.cost);
    sums[row.currency].second += row.charges;
  }
  for (auto& [currency, sum] : sums) {
    const auto told = report.totals.find(currency);
    const CurrencyTotals totals = told == report.totals.end() ? CurrencyTotals() : told->second;
    const DecimalSum& exact = totals.sums[report.scope.cost];
    DecimalSum absolute = exact;
    absolute.subtract(totals.negatives[report.scope.cost]);
    absolute.subtract(totals.negatives[report.scope.cost]);
    DecimalSum apart = sum.first;
    apart.subtract(exact);
    if (sum.second != totals.lines)
      report.warnings.push_back(fmt::format("{}: the rows hold {} charges, the control totals {}",
                                            currency, sum.second, totals.lines));
    if (std::fabs(apart.to_double()) > tolerance * std::fabs(absolute.to_double()))
      report.warnings.push_back(
          fmt::format("{}: the rows add up to {}, the control totals to {}, which is {} apart",
                      currency, sum.first.to_string(), exact.to_string(), apart.to_string()));
  }
}

void arrange(Report& report, std::size_t top) {
  const auto larger = [](const ReportRow& a, const ReportRow& b) {
    const double x = a.cost.to_double();
    const double y = b.cost.to_double();
    return std::tie(a.currency, y, a.group) < std::tie(b.currency, x, b.group);
  };
  std::sort(report.rows.begin(), report.rows.end(), larger);
  std::vector<ReportRow> kept;
  std::map<std::string, ReportRow> others;
  std::map<std::string, std::size_t> counts;
  for (ReportRow& row : report.rows) {
    if (top == 0 || ++counts[row.currency] <= top) {
      kept.push_back(std::move(row));
      continue;
    }
    ReportRow& other = others[row.currency];
    other.currency = row.currency;
    other.charges += row.charges;
    other.cost.add(row.cost);
  }
  if (is_by_time(report.scope.by))
    std::sort(kept.begin(), kept.end(), [](const ReportRow& a, const ReportRow& b) {
      return std::tie(a.currency, a.group) < std::tie(b.currency, b.group);
    });
  report.rows = std::move(kept);
  for (auto& [currency, other] : others) {
    other.group = {fmt::format("(others: {})", counts[currency] - top)};
    const auto after = std::upper_bound(
        report.rows.begin(), report.rows.end(), currency,
        [](const std::string& name, const ReportRow& row) { return name < row.currency; });
    report.rows.insert(after, std::move(other));
  }
  for (ReportRow& row : report.rows) row.group.resize(headings_of(report.scope.by).size());
}

}  // namespace billow::daemon
