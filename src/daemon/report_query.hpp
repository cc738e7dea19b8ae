#pragma once

#include "daemon/report.hpp"

#include <string>
#include <vector>

/// The aggregation behind a report, page by page. Pure.
namespace billow::daemon {

/// Body of the search that groups charges by the scope's columns and, always, by currency.
/// `after_key`: what read_report_page() returned for the page before; "" for the first.
std::string report_query(const ReportScope& scope, const std::string& after_key);

/// Adds the rows of one answer and returns the key to go on after, "" at the end. Errc::transient
/// when a shard is missing from the answer.
Result<std::string> read_report_page(const std::string& json, const ReportScope& scope,
                                     std::vector<ReportRow>& rows);

/// What a double that Elasticsearch added up says: 15 significant digits, the most it can vouch
/// for.
DecimalSum decimal_of_double(double value);

}  // namespace billow::daemon
