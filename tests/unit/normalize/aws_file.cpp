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
