#pragma once

#include "charge/control_totals.hpp"
#include "normalize/normalizer.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace billow::normalize {

/// A line of a CSV file with these cells, all in quotes, and its line end.
std::string csv_line(std::span<const std::string> cells);

/// The columns of a row of FOCUS without which it is no charge, and a service: name and cell.
std::vector<std::pair<std::string, std::string>> focus_cells();

/// What all charges of a file of June 2026 come to. Fails the test where the file is refused.
ControlTotals totals_of(Rules rules, const std::string& file);

}  // namespace billow::normalize
