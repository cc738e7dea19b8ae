#pragma once

#include "daemon/report.hpp"

#include <string>

namespace billow::daemon {

/// A table for a terminal of `width` columns, 0: as wide as need be. Rows rounded to cents, totals
/// with every digit. A report that is not complete is told from one in every form.
std::string report_table(const Report& report, std::size_t width);
/// One JSON object; amounts are strings with every digit known.
std::string report_json(const Report& report);
/// RFC 4180 with \n; a row per group, then a row "(total)" per currency, exact, or
/// "(incomplete total)".
std::string report_csv(const Report& report);

}  // namespace billow::daemon
