#pragma once

#include "charge/control_totals.hpp"
#include "normalize/normalizer.hpp"

#include <span>
#include <string>

namespace billow::normalize {

/// A line of a CSV file with these cells, all in quotes, and its line end.
std::string csv_line(std::span<const std::string> cells);

/// What all charges of a file of June 2026 come to. Fails the test where the file is refused.
ControlTotals totals_of(Rules rules, const std::string& file);

}  // namespace billow::normalize
