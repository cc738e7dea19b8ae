#pragma once

#include "proof/history.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// What `billow audit show` prints. Pure.
namespace billow::daemon {

/// One figure's history and how it was asked for.
struct HistoryReport {
  std::vector<proof::HistoryEvent> events;  ///< oldest first
  std::size_t cost = 0;                     ///< place in cost_names
  std::string scope;                        ///< "aws-main 2026-06, charge day 2026-06-03"
};

/// A table for a terminal of `width` columns, 0: as wide as need be. A row per publish and
/// currency, amounts with every digit; where a delivery did not state its whole period, what it
/// stated.
std::string history_table(const HistoryReport& report, std::size_t width);
/// An array with an object per publish; amounts are strings with every digit. "coverage" is in that
/// of a window or delta only.
std::string history_json(const HistoryReport& report);
/// RFC 4180 with \n; a row per publish and currency.
std::string history_csv(const HistoryReport& report);

}  // namespace billow::daemon
