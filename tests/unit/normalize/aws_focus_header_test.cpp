#include "aws_bill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace billow::normalize {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// The least that a charge can be made of.
Bill::Cells least_cells() {
  return {{"BilledCost", "1.50"},
          {"BillingAccountId", "012345678901"},
          {"BillingCurrency", "USD"},
          {"BillingPeriodStart", "2026-06-01"},
          {"ChargeCategory", "Usage"},
          {"ChargePeriodEnd", "2026-06-04"},
          {"ChargePeriodStart", "2026-06-03"},
          {"ContractedCost", "1.5"},
          {"EffectiveCost", "1.5"},
          {"ListCost", "1.5"}};
}

Bill least_bill() { return {make_aws_focus_rules(june()), least_cells()}; }

TEST(AwsFocusHeader, AFileWithoutANeededColumnIsRefusedByName) {
  Bill none = least_bill();
  none.with("Tags");
  for (const auto& [column, text] : least_cells()) {
    const auto findings = least_bill().without(column).bind();
    ASSERT_TRUE(findings.has_error()) << column;
    EXPECT_EQ(findings.error().code, Errc::malformed);
    EXPECT_THAT(findings.error().detail, HasSubstr(column));
    none.without(column);
  }
  const auto findings = none.bind();
  ASSERT_TRUE(findings.has_error());
  for (const auto& [column, text] : least_cells())
    EXPECT_THAT(findings.error().detail, HasSubstr(column));
}

TEST(AwsFocusHeader, EverythingElseMayBeAbsentAndWhatAwsWritesIsReported) {
  Bill bill = least_bill();
  const auto findings = bill.bind();
  ASSERT_TRUE(findings) << findings.error().detail;
  for (const char* column : {"SkuPriceId", "Tags", "ServiceName", "BillingPeriodEnd"})
    EXPECT_THAT(findings->missing, Contains(column));
  for (const char* column : {"PricingCurrency", "ServiceSubcategory", "x_ServiceCode", "InvoiceId"})
    EXPECT_THAT(findings->missing, Not(Contains(column)));
  const Columns c = bill.charge();
  EXPECT_EQ(value(c, "BilledCost"), "1.50");
  EXPECT_EQ(value(c, "BillingPeriodEnd"), "2026-07-01T00:00:00Z");
  EXPECT_EQ(value(c, "ServiceName"), "AWS");
  EXPECT_EQ(value(c, "ServiceSubcategory"), "Other (Other)");
  EXPECT_EQ(value(c, "ChargeFrequency"), "Usage-Based");
}

TEST(AwsFocusHeader, AColumnTwiceIsRefused) {
  const auto rules = make_aws_focus_rules(june());
  for (const char* again : {"BilledCost", "x_Mystery"}) {
    std::vector<std::string> header = {"x_Mystery"};
    for (const auto& [column, text] : least_cells()) header.push_back(column);
    header.emplace_back(again);
    const auto findings = rules->bind(header);
    ASSERT_TRUE(findings.has_error());
    EXPECT_EQ(findings.error().code, Errc::malformed);
    EXPECT_THAT(findings.error().detail, HasSubstr("'" + std::string(again) + "' appears twice"));
  }
}

TEST(AwsFocusHeader, ColumnsThatFocusDoesNotKnowAreKeptUnderNamesOfTheirOwn) {
  const Bill::Cells kept = {
      {"x_Discounts", "x_Discounts"},
      {"x_Mystery", "x_Mystery"},
      {"Mystery", "x_Mystery_2"},
      {"mystery column", "x_MysteryColumn"},
      {"x_Tags", "x_Tags_2"},
      {"x_FeedId", "x_FeedId_2"},
      {"x_SliceId", "x_SliceId_2"},
      {"slice_id", "x_SliceId_3"},
      {"x_DeliveryId", "x_DeliveryId_2"},
      {"x_IngestedAt", "x_IngestedAt_2"},
      {"x_LineItemId", "x_LineItemId_2"},
      {"x_a b\"c", "x_abc"},
      {"x_", "x_Column"},
  };
  Bill bill = least_bill();
  for (const auto& [column, name] : kept) bill.with(column);
  const auto findings = bill.bind();
  ASSERT_TRUE(findings) << findings.error().detail;
  EXPECT_THAT(findings->unknown, Not(Contains("x_Discounts")));
  EXPECT_EQ(findings->unknown.size(), kept.size() - 1);
  const std::size_t usual = bill.charge().size();
  for (const auto& [column, name] : kept) {
    SCOPED_TRACE(column);
    const Columns c = bill.charge({{column, "0.10"}});
    EXPECT_EQ(value(c, name), "0.10");
    EXPECT_EQ(c.size(), usual + 1);
    for (const char* nothing : {"", "NULL", "null", "{}"})
      EXPECT_EQ(bill.charge({{column, nothing}}).size(), usual);
  }
}

TEST(AwsFocusHeader, AReplacedValueDoesNotTakeTheNameOfAColumnOfTheFile) {
  Bill bill = least_bill();
  const Columns c = bill.charge({{"x_ServiceCategory", "theirs"}, {"ServiceCategory", "Magic"}});
  EXPECT_EQ(value(c, "x_ServiceCategory"), "theirs");
  EXPECT_EQ(value(c, "x_ServiceCategory_2"), "Magic");
}

TEST(AwsFocusHeader, AByteOrderMarkIsNoPartOfTheFirstName) {
  const auto rules = make_aws_focus_rules(june());
  std::vector<std::string> header;
  std::vector<std::string> row;
  for (const auto& [column, text] : least_cells()) {
    header.push_back(column);
    row.push_back(text);
  }
  header[0].insert(0, "\xEF\xBB\xBF");
  ASSERT_TRUE(rules->bind(header));
  EXPECT_EQ(value(convert_row(*rules, row).charges.at(0), "BilledCost"), "1.50");
}

}  // namespace
}  // namespace billow::normalize
