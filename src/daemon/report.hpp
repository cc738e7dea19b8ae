#pragma once

#include "charge/control_totals.hpp"
#include "daemon/command_line.hpp"
#include "elastic/publication.hpp"
#include "sync/record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What `billow report` tells, made of what the alias shows, the records of it, and aggregations.
/// Pure.
namespace billow::daemon {

/// What a report is about.
struct ReportScope {
  ReportBy by = ReportBy::service;
  std::size_t cost = 0;            ///< place in cost_names
  std::vector<std::string> feeds;  ///< empty: all
  std::optional<std::string> period;
};

/// Some charges of one currency added up.
struct ReportRow {
  std::vector<std::string> group;  ///< one value per heading; "" where the charges have none
  std::string currency;
  std::uint64_t charges = 0;
  DecimalSum cost;
};

struct Report {
  ReportScope scope;
  std::vector<ReportRow> rows;
  /// True: each row is exact. False: rows were added up by Elasticsearch, as doubles.
  bool exact_rows = false;
  /// By currency, exact: the control totals of what is visible.
  std::map<std::string, CurrencyTotals> totals;
  /// False: there is more to see than any record tells of, which neither the totals nor rows of
  /// days and months hold.
  bool complete = true;
  std::vector<std::string> warnings;  ///< what is wrong with the figures, as sentences
};

/// What one index shows, with its record where there is one.
struct VisibleDelivery {
  elastic::Visible visible;
  std::optional<sync::DeliveryRecord> record;
};

/// The columns a grouping has: the FOCUS columns that are aggregated, or "Day", "Month".
std::vector<std::string> headings_of(ReportBy by);
/// True for what slices tell without any aggregation: days and months.
bool is_by_time(ReportBy by) noexcept;

/// The feed and the period that the id of a delivery record ("feed:period:...") begins with.
std::pair<std::string, std::string> feed_and_period(std::string_view record_id);
/// Whether what an index shows is part of the report. Told from the id of its record
/// ("feed:period:...").
bool in_scope(const elastic::Visible& visible, const ReportScope& scope);

/// The report as far as control totals tell it: totals, and the rows when they are days or months.
/// Only slices that the alias lists count; what no record describes is a warning, and makes the
/// report incomplete.
Report report_of(const std::vector<VisibleDelivery>& deliveries, ReportScope scope);

/// Compares the sum of aggregated rows with the exact totals and warns where they differ by more
/// than doubles explain: 1e-9 of the sum of absolute amounts.
void check_rows(Report& report);

/// Sorts the rows: by time, or the largest first, currency by currency. `top` > 0 keeps that many
/// of each currency and adds the others up in one row, "(others: N)".
void arrange(Report& report, std::size_t top);

}  // namespace billow::daemon
