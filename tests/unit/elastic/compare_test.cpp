#include "elastic/publication.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace billow::elastic {
namespace {

/// Adds one line whose four costs are `amount`.
void add_line(Slice& slice, const std::string& currency, const std::string& amount) {
  const Decimal value = Decimal::parse(amount).value();
  ++slice.totals.lines;
  CurrencyTotals& totals = slice.totals.by_currency[currency];
  ++totals.lines;
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    totals.sums[kind].add(value);
    if (value.is_negative()) totals.negatives[kind].add(value);
  }
}

Slice slice_of(const std::vector<std::string>& amounts) {
  Slice slice;
  slice.id = "s";
  for (const std::string& amount : amounts) add_line(slice, "USD", amount);
  return slice;
}

/// What Elasticsearch would answer: `lines` lines whose sums are all `sum`.
std::map<std::string, StoredSlice> stored(std::uint64_t lines, double sum) {
  StoredSlice slice;
  slice.lines = lines;
  StoredSlice::Sums& sums = slice.by_currency["USD"];
  sums.lines = lines;
  sums.sums.fill(sum);
  std::map<std::string, StoredSlice> all;
  all["s"] = slice;
  return all;
}

TEST(Compare, AcceptsSumsThatADoubleCannotHoldBetter) {
  EXPECT_TRUE(compare({slice_of({"0.1", "0.2"})}, stored(2, 0.1 + 0.2)).empty());
  EXPECT_TRUE(
      compare({slice_of({"12345678.123456789012345678"})}, stored(1, 12345678.123456789)).empty());
  EXPECT_TRUE(compare({slice_of({"0"})}, stored(1, 0.0)).empty());
  EXPECT_TRUE(compare({slice_of({"5", "-5"})}, stored(2, 1e-16)).empty());
}

TEST(Compare, ReportsAMissingLineAndItsAmount) {
  const auto differences = compare({slice_of({"1", "0.25"})}, stored(1, 1.0));
  ASSERT_EQ(differences.size(), 2 + cost_kinds);
  EXPECT_EQ(differences[0].slice_id, "s");
  EXPECT_EQ(differences[0].what, "lines: expected 2, stored 1");
  EXPECT_EQ(differences[1].what, "lines in USD: expected 2, stored 1");
  EXPECT_EQ(differences[2].what, "BilledCost USD: expected 1.25, stored 1, differs by 0.25");
}

TEST(Compare, ReportsASliceThatIsNotThereOnce) {
  const auto differences = compare({slice_of({"1", "0.25"})}, {});
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].what, "lines: expected 2, stored 0");
}

TEST(Compare, MeasuresAgainstTheAbsoluteAmounts) {
  // The sum is 0.5, but the amounts are large: 1e-7 of difference is within 1e-9 of their sum.
  EXPECT_TRUE(compare({slice_of({"100000000", "-99999999.503"})}, stored(2, 0.4970001)).empty());
  EXPECT_FALSE(compare({slice_of({"0.3", "0.197"})}, stored(2, 0.4970001)).empty());
}

TEST(Compare, WantsTheSameCents) {
  // Within 1e-9 of the amounts, but another cent.
  EXPECT_FALSE(compare({slice_of({"100000000.01"})}, stored(1, 100000000.02)).empty());
  EXPECT_TRUE(compare({slice_of({"100000000.01"})}, stored(1, 100000000.011)).empty());
}

TEST(Compare, LetsArithmeticNoiseCarryASumOverAHalfCent) {
  const double below = std::nextafter(0.125, 0.0);
  EXPECT_TRUE(compare({slice_of({"0.125"})}, stored(1, below)).empty());
  // A real difference does not pass as noise, however small against the amounts.
  EXPECT_FALSE(compare({slice_of({"10000000.125"})}, stored(1, 10000000.1249)).empty());
}

TEST(Compare, ReportsCurrenciesThatAreMissingOrTooMany) {
  Slice slice = slice_of({"1"});
  add_line(slice, "EUR", "2");
  auto there = stored(1, 1.0);
  there["s"].lines = 2;
  there["s"].by_currency["JPY"].lines = 1;
  const auto differences = compare({slice}, there);
  ASSERT_EQ(differences.size(), 1 + cost_kinds + 1);
  EXPECT_EQ(differences[0].what, "lines in EUR: expected 1, stored 0");
  EXPECT_EQ(differences.back().what, "lines in JPY: expected 0, stored 1");
}

TEST(Compare, RefusesWhatIsNoNumber) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), 1e300}) {
    EXPECT_EQ(compare({slice_of({"1"})}, stored(1, value)).size(), cost_kinds) << value;
  }
}

TEST(Compare, IgnoresSlicesThatNobodyExpects) {
  auto there = stored(1, 1.0);
  there["leftover"] = there["s"];
  EXPECT_TRUE(compare({slice_of({"1"})}, there).empty());
}

}  // namespace
}  // namespace billow::elastic
