#include "base/decimal.hpp"
#include "normalize/gunzip.hpp"
#include "normalize/normalizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {
namespace {

const std::filesystem::path sample = std::filesystem::path(BILLOW_SHARED_DIR) /
                                     "samples/aws-cur-legacy/"
                                     "sample-anonymous-aws-export-dataset.csv.gz";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string inflated(std::string_view stored) {
  Gunzip gunzip;
  gunzip.begin();
  gunzip.feed(stored);
  std::string text;
  std::vector<char> piece(1 << 16);
  for (;;) {
    const auto written = gunzip.read(piece);
    if (!written || *written == 0) break;
    text.append(piece.data(), *written);
  }
  EXPECT_TRUE(gunzip.end());
  return text;
}

/// A reader of CSV that has nothing in common with the product's: one character at a time.
std::vector<std::vector<std::string>> rows_of(std::string_view csv) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (c == '"') {
      const bool doubled = quoted && i + 1 < csv.size() && csv[i + 1] == '"';
      if (doubled) {
        row.back() += csv[++i];
      } else {
        quoted = !quoted;
      }
    } else if (c == ',' && !quoted) {
      row.emplace_back();
    } else if (c == '\n' && !quoted) {
      if (row.back().ends_with('\r')) row.back().pop_back();
      if (row.size() > 1 || !row[0].empty()) rows.push_back(row);
      row.assign(1, "");
    } else {
      row.back() += c;
    }
  }
  if (row.size() > 1) rows.push_back(row);
  return rows;
}

/// The sum of one column, exactly.
DecimalSum sum_of(const std::vector<std::vector<std::string>>& rows, std::string_view column) {
  const auto& header = rows.at(0);
  const auto place =
      static_cast<std::size_t>(std::find(header.begin(), header.end(), column) - header.begin());
  DecimalSum sum;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto amount = Decimal::parse(rows[i].at(place));
    EXPECT_TRUE(amount) << "row " << i;
    if (amount) sum.add(*amount);
  }
  return sum;
}

Findings read_in_pieces(std::string_view stored) {
  Options options;
  options.rules = Rules::aws_cur2;
  options.feed_id = "legacy";
  options.delivery_id = "d";
  options.slice_prefix = "s";
  options.index = "billow-charges-legacy-2023-11";
  options.ingested_at = "2023-12-01T00:00:00Z";
  options.period = parse_month("2023-11").value();
  Normalizer normalizer(std::move(options));
  EXPECT_TRUE(normalizer.begin_file("sample.csv.gz", true));
  for (constexpr std::size_t piece = 5000; !stored.empty();
       stored.remove_prefix(std::min(piece, stored.size()))) {
    const auto consumed = normalizer.consume(stored.substr(0, piece));
    EXPECT_TRUE(consumed) << consumed.error().detail;
  }
  EXPECT_TRUE(normalizer.end_file());
  const auto findings = normalizer.finish();
  EXPECT_TRUE(findings);
  return findings ? *findings : Findings{};
}

TEST(AwsLegacySample, EveryRowOfARealReportIsAccountedForToTheLastDigit) {
  if (!std::filesystem::exists(sample)) GTEST_SKIP() << "no sample at " << sample;
  const std::string stored = bytes_of(sample);
  const auto rows = rows_of(inflated(stored));
  ASSERT_EQ(rows.size(), 1282U);
  const Findings found = read_in_pieces(stored);
  for (const DeadLetter& dead : found.dead_letters)
    ADD_FAILURE() << "row " << dead.row << ", " << dead.column << ": " << dead.reason;

  EXPECT_EQ(found.rows_read, 1281U);
  EXPECT_EQ(found.rows_read, found.rows_charged + found.rows_dropped + found.rows_dead);
  EXPECT_EQ(found.charges, 1281U);
  EXPECT_EQ(found.charges_encoded, found.charges);
  EXPECT_EQ(found.bytes_compressed, stored.size());

  std::uint64_t lines = 0;
  DecimalSum billed;
  DecimalSum effective;
  for (const auto& [key, slice] : found.slices) {
    lines += slice.totals.lines;
    ASSERT_EQ(slice.totals.by_currency.size(), 1U);
    const CurrencyTotals& dollars = slice.totals.by_currency.at("USD");
    billed.add(dollars.sums[0]);
    effective.add(dollars.sums[2]);
  }
  EXPECT_EQ(lines, 1281U);
  const DecimalSum unblended = sum_of(rows, "lineItem/UnblendedCost");
  EXPECT_FALSE(unblended.is_zero());
  EXPECT_EQ(billed.to_string(), unblended.to_string());
  EXPECT_EQ(effective.to_string(), unblended.to_string());  // nothing but usage and tax
}

}  // namespace
}  // namespace billow::normalize
