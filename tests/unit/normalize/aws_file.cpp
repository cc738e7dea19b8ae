#include "aws_file.hpp"

#include "aws_bill.hpp"

#include <gtest/gtest.h>

namespace billow::normalize {

std::string csv_line(std::span<const std::string> cells) {
  std::string line;
  for (const std::string& cell : cells) {
    line += line.empty() ? "\"" : ",\"";
    for (const char c : cell) line += c == '"' ? "\"\"" : std::string(1, c);
    line += '"';
  }
  return line + '\n';
}

std::vector<std::pair<std::string, std::string>> focus_cells() {
  return {{"BilledCost", "1.5"},
          {"BillingCurrency", "USD"},
          {"BillingAccountId", "012345678901"},
          {"BillingPeriodStart", "2026-06-01T00:00:00Z"},
          {"ChargePeriodStart", "2026-06-03T00:00:00Z"},
          {"ChargePeriodEnd", "2026-06-04T00:00:00Z"},
          {"ChargeCategory", "Usage"},
          {"EffectiveCost", "1.5"},
          {"ListCost", "2"},
          {"ContractedCost", "1.5"},
          {"ServiceName", "S"},
          {"ServiceCategory", "Compute"}};
}

ControlTotals totals_of(Rules rules, const std::string& file) {
  Options options;
  options.rules = rules;
  options.period = june();
  options.slice_prefix = "s";
  Normalizer normalizer(std::move(options));
  EXPECT_TRUE(normalizer.begin_file("f.csv", false));
  EXPECT_TRUE(normalizer.consume(file));
  EXPECT_TRUE(normalizer.end_file());
  ControlTotals all;
  const auto found = normalizer.finish();
  if (!found) {
    ADD_FAILURE() << found.error().detail;
    return all;
  }
  for (const auto& [key, slice] : found->slices) all.add(slice.totals);
  return all;
}

}  // namespace billow::normalize
