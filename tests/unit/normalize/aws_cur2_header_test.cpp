#include "aws_bill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace billow::normalize {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> required = {
    "line_item_line_item_type",   "line_item_unblended_cost",       "line_item_currency_code",
    "line_item_usage_start_date", "bill_billing_period_start_date", "bill_payer_account_id"};

void expect_refused(Bill& bill, const std::string& why) {
  const auto findings = bill.bind();
  ASSERT_TRUE(findings.has_error());
  EXPECT_EQ(findings.error().code, Errc::malformed);
  EXPECT_THAT(findings.error().detail, HasSubstr(why));
}

TEST(AwsCur2Header, AFileWithoutANeededColumnIsRefusedByName) {
  Bill none = cur2_bill();
  for (const std::string& column : required) {
    Bill bill = cur2_bill();
    bill.without(column);
    expect_refused(bill, column);
    none.without(column);
  }
  for (const std::string& column : required) expect_refused(none, column);
}

TEST(AwsCur2Header, AFileMustSayWhenALineEndsInOneOfTwoColumns) {
  Bill bill = cur2_bill();
  bill.without("line_item_usage_end_date");
  expect_refused(bill, "line_item_usage_end_date or identity_time_interval");
  bill.with("identity_time_interval", "2026-06-03T00:00:00Z/2026-06-03T04:00:00Z");
  const Columns c = bill.charge();
  EXPECT_EQ(value(c, "ChargePeriodEnd"), "2026-06-03T04:00:00Z");
  EXPECT_EQ(value(c, "x_IdentityTimeInterval"), "2026-06-03T00:00:00Z/2026-06-03T04:00:00Z");
}

TEST(AwsCur2Header, EveryOtherColumnMayBeAbsentAndIsReported) {
  std::vector<std::string> others;
  const std::string all_columns =
      "bill_bill_type bill_billing_entity bill_billing_period_end_date bill_invoicing_entity "
      "bill_payer_account_name identity_line_item_id line_item_availability_zone "
      "line_item_legal_entity line_item_line_item_description line_item_operation "
      "line_item_product_code line_item_usage_account_id line_item_usage_account_name "
      "line_item_usage_amount line_item_usage_type pricing_public_on_demand_rate "
      "pricing_rate_code pricing_unit product_region_code product_sku resource_tags ";
  for (std::size_t at = 0; at < all_columns.size();) {
    const std::size_t blank = all_columns.find(' ', at);
    others.push_back(all_columns.substr(at, blank - at));
    at = blank + 1;
  }
  Bill least = cur2_bill();
  for (const std::string& column : others) {
    SCOPED_TRACE(column);
    Bill bill = cur2_bill();
    bill.without(column);
    const auto findings = bill.bind();
    ASSERT_TRUE(findings) << findings.error().detail;
    EXPECT_THAT(findings->missing, Contains(column));
    EXPECT_EQ(bill.charge().at("BilledCost"), "0.1920000000");
    least.without(column);
  }
  least.without("line_item_resource_id");
  const Columns c = least.charge();
  EXPECT_EQ(value(c, "BillingPeriodEnd"), "2026-07-01T00:00:00Z");
  EXPECT_EQ(value(c, "ListCost"), "0.1920000000");
  EXPECT_EQ(value(c, "ServiceName"), "AWS");
  EXPECT_EQ(value(c, "InvoiceIssuerName"), "AWS");
  EXPECT_EQ(value(c, "SubAccountType"), "");
}

TEST(AwsCur2Header, ColumnsThatAwsLeavesOutWhereTheyDoNotApplyAreNotMissed) {
  const auto findings = cur2_bill().without("line_item_resource_id").bind();
  ASSERT_TRUE(findings);
  for (const char* column :
       {"line_item_resource_id", "line_item_net_unblended_cost", "reservation_net_effective_cost",
        "capacity_reservation_capacity_reservation_arn", "discount", "tags",
        "identity_time_interval", "line_item_unblended_cost"}) {
    EXPECT_THAT(findings->missing, Not(Contains(column)));
  }
  EXPECT_THAT(findings->unknown, IsEmpty());
}

TEST(AwsCur2Header, AColumnTwiceIsRefused) {
  const auto rules = make_aws_cur2_rules(june());
  std::vector<std::string> header = required;
  header.emplace_back("line_item_usage_end_date");
  ASSERT_TRUE(rules->bind(header));
  for (const char* again : {"line_item_unblended_cost", "lineItem/UnblendedCost"}) {
    std::vector<std::string> doubled = header;
    doubled.emplace_back(again);
    const auto findings = rules->bind(doubled);
    ASSERT_TRUE(findings.has_error()) << again;
    EXPECT_EQ(findings.error().code, Errc::malformed);
    EXPECT_THAT(findings.error().detail, HasSubstr("'line_item_unblended_cost' appears twice"));
  }
  header.insert(header.end(), {"mystery", "mystery"});
  const auto findings = rules->bind(header);
  ASSERT_TRUE(findings.has_error());
  EXPECT_THAT(findings.error().detail, HasSubstr("'mystery' appears twice"));
}

Bill legacy_bill() {
  return {make_aws_cur2_rules(june()),
          {{"\xEF\xBB\xBFidentity/LineItemId", "l-1"},
           {"bill/PayerAccountId", "012345678901"},
           {"bill/BillingPeriodStartDate", "2026-06-01T00:00:00Z"},
           {"lineItem/LineItemType", "Usage"},
           {"lineItem/UsageStartDate", "2026-06-03T00:00:00Z"},
           {"lineItem/UsageEndDate", "2026-06-03T23:59:59Z"},
           {"lineItem/ProductCode", "AmazonEC2"},
           {"lineItem/ResourceId", "i-1"},
           {"lineItem/CurrencyCode", "USD"},
           {"lineItem/UnblendedCost", "1.20"},
           {"lineItem/NetUnblendedCost", "1.10"},
           {"product/regionCode", "us-east-1"},
           {"product/vendor", "V"},
           {"savingsPlan/SavingsPlanARN", ""},
           {"resourceTags/user:team", "shop"},
           {"resourceTags/user:Name", "web-1"},
           {"resourceTags/aws:createdBy", ""},
           {"resourceTags/team", ""}}};
}

TEST(AwsCur2Header, TheHeadersOfTheLegacyReportAreRead) {
  Bill bill = legacy_bill();
  const auto findings = bill.bind();
  ASSERT_TRUE(findings) << findings.error().detail;
  EXPECT_THAT(findings->unknown, ElementsAre("product/vendor"));
  EXPECT_THAT(findings->missing, Contains("line_item_operation"));
  const Columns c = bill.charge();
  EXPECT_EQ(value(c, "BilledCost"), "1.10");
  EXPECT_EQ(value(c, "x_UnblendedCost"), "1.20");
  EXPECT_EQ(value(c, "x_LineItemId"), "l-1");
  EXPECT_EQ(value(c, "ChargePeriodEnd"), "2026-06-04T00:00:00Z");
  EXPECT_EQ(value(c, "RegionId"), "us-east-1");
  EXPECT_EQ(value(c, "ServiceName"), "Amazon Elastic Compute Cloud");
  EXPECT_EQ(value(c, "tag:team"), "shop");
  EXPECT_EQ(value(c, "tag:Name"), "web-1");
  EXPECT_EQ(value(c, "ResourceName"), "web-1");
  EXPECT_EQ(c.count("tag:aws:createdBy"), 0U);
  EXPECT_EQ(value(c, "x_ProductVendor"), "V");
  // The last one by name, wherever it stands in the file.
  EXPECT_EQ(value(bill.charge({{"resourceTags/team", "other"}}), "tag:team"), "shop");
  const std::string arn = "arn:aws:savingsplans::1:savingsplan/sp-1";
  const Columns fee = bill.charge(
      {{"lineItem/LineItemType", "SavingsPlanUpfrontFee"}, {"savingsPlan/SavingsPlanARN", arn}});
  EXPECT_EQ(value(fee, "CommitmentDiscountId"), arn);
}

TEST(AwsCur2Header, UnknownColumnsAreKeptUnderNamesOfTheirOwn) {
  Bill bill = cur2_bill();
  const std::vector<std::pair<std::string, std::string>> kept = {
      {"widget_mystery_code", "x_WidgetMysteryCode_3"},  // in the order of their names
      {"WidgetMysteryCode", "x_WidgetMysteryCode"},
      {"widget mystery-code", "x_WidgetMysteryCode_2"},
      {"line_item_type", "x_LineItemType_2"},  // ours is line_item_line_item_type
      {"unblended_cost", "x_UnblendedCost_2"},
      {"pricing_rateCode", "x_PricingRateCode_2"},
      {"Tags", "x_Tags_2"},
      {"feed_id", "x_FeedId_2"},
      {"slice_id", "x_SliceId_2"},
      {"delivery_id", "x_DeliveryId_2"},
      {"ingested_at", "x_IngestedAt_2"},
      {"lineItemId", "x_LineItemId_2"},
      {"charge_count", "x_ChargeCount_2"},
      {"\xC3\xA4", "x_Column_2"},
      {"", "x_Column"},
  };
  for (const auto& [column, name] : kept) bill.with(column);
  const auto findings = bill.bind();
  ASSERT_TRUE(findings) << findings.error().detail;
  const std::size_t usual = bill.charge().size();
  for (const auto& [column, name] : kept) {
    SCOPED_TRACE(column);
    EXPECT_THAT(findings->unknown, Contains(column));
    const Columns c = bill.charge({{column, "v"}});
    EXPECT_EQ(value(c, name), "v");
    EXPECT_EQ(c.size(), usual + 1);
  }
  EXPECT_EQ(findings->unknown.size(), kept.size());
}

TEST(AwsCur2Header, EveryFileOfADeliveryHasItsOwnHeader) {
  const auto rules = make_aws_cur2_rules(june());
  const std::vector<std::string> first = {
      "line_item_line_item_type",       "line_item_unblended_cost",
      "line_item_currency_code",        "line_item_usage_start_date",
      "bill_billing_period_start_date", "bill_payer_account_id",
      "line_item_usage_end_date",       "new_one"};
  const std::vector<std::string> row = {"Usage",      "1",    "USD",        "2026-06-03",
                                        "2026-06-01", "0123", "2026-06-04", "n"};
  ASSERT_TRUE(rules->bind(first));
  EXPECT_EQ(value(convert_row(*rules, row).charges.at(0), "x_NewOne"), "n");
  ASSERT_TRUE(rules->bind(std::vector<std::string>(first.rbegin(), first.rend())));
  const Converted turned = convert_row(*rules, {row.rbegin(), row.rend()});
  EXPECT_EQ(value(turned.charges.at(0), "x_NewOne"), "n");
  EXPECT_EQ(value(turned.charges.at(0), "BilledCost"), "1");
}

}  // namespace
}  // namespace billow::normalize
