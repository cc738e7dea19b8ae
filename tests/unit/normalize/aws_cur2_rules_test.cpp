#include "aws_bill.hpp"
#include "normalize/aws_json_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string plan_arn = "arn:aws:savingsplans::012345678901:savingsplan/sp-1";
const std::string reservation_arn = "arn:aws:ec2:us-east-1:012345678901:reserved-instances/ri-1";
constexpr const char* plan_column = "savings_plan_savings_plan_a_r_n";
constexpr const char* reservation_column = "reservation_reservation_a_r_n";
constexpr const char* type_column = "line_item_line_item_type";
constexpr const char* cost_column = "line_item_unblended_cost";

/// The columns in which the line types differ.
struct Outline {
  std::string category, frequency, status, billed, effective;
  friend bool operator==(const Outline&, const Outline&) = default;
  friend void PrintTo(const Outline& o, std::ostream* out) {
    *out << o.category << ' ' << o.frequency << ' ' << o.status << ' ' << o.billed << ' '
         << o.effective;
  }
};

Outline outline_of(const Columns& c) {
  return {value(c, "ChargeCategory"), value(c, "ChargeFrequency"),
          value(c, "CommitmentDiscountStatus"), value(c, "BilledCost"), value(c, "EffectiveCost")};
}

std::vector<Outline> outlines_of(const Converted& converted) {
  std::vector<Outline> outlines;
  for (const Columns& charge : converted.charges) outlines.push_back(outline_of(charge));
  return outlines;
}

struct LineCase {
  const char* type;
  Bill::Cells cells;
  std::vector<Outline> expected;
};

std::vector<LineCase> line_cases() {
  std::vector<LineCase> cases = {
      {"Usage", {}, {{"Usage", "Usage-Based", "", "5", "5"}}},
      {"DiscountedUsage",
       {{reservation_column, reservation_arn}, {"reservation_effective_cost", "3"}},
       {{"Usage", "Usage-Based", "Used", "0", "3"}}},
      {"SavingsPlanCoveredUsage",
       {{plan_column, plan_arn}, {"savings_plan_savings_plan_effective_cost", "4"}},
       {{"Usage", "Usage-Based", "Used", "0", "4"}}},
      {"SavingsPlanNegation", {{plan_column, plan_arn}}, {}},
      {"RIFee",
       {{reservation_column, reservation_arn},
        {"reservation_unused_amortized_upfront_fee_for_billing_period", "1.5"},
        {"reservation_unused_recurring_fee", "0.25"}},
       {{"Purchase", "Recurring", "", "5", "0"}, {"Usage", "Usage-Based", "Unused", "0", "1.75"}}},
      {"RIFee",
       {{reservation_column, reservation_arn},
        {"reservation_unused_amortized_upfront_fee_for_billing_period", "0.00"},
        {"reservation_unused_recurring_fee", "0"}},
       {{"Purchase", "Recurring", "", "5", "0"}}},
      {"RIFee",  // no upfront part
       {{reservation_column, reservation_arn}, {"reservation_unused_recurring_fee", "2"}},
       {{"Purchase", "Recurring", "", "5", "0"}, {"Usage", "Usage-Based", "Unused", "0", "2"}}},
      {"RIFee",  // no recurring part
       {{reservation_column, reservation_arn},
        {"reservation_unused_amortized_upfront_fee_for_billing_period", "2"}},
       {{"Purchase", "Recurring", "", "5", "0"}, {"Usage", "Usage-Based", "Unused", "0", "2"}}},
      {"SavingsPlanRecurringFee",
       {{plan_column, plan_arn},
        {"savings_plan_total_commitment_to_date", "10.50"},
        {"savings_plan_used_commitment", "8.25"}},
       {{"Purchase", "Recurring", "", "5", "0"}, {"Usage", "Usage-Based", "Unused", "0", "2.25"}}},
      {"SavingsPlanRecurringFee",
       {{plan_column, plan_arn},
        {"savings_plan_total_commitment_to_date", "10.50"},
        {"savings_plan_used_commitment", "10.5"}},
       {{"Purchase", "Recurring", "", "5", "0"}}},
      {"SavingsPlanUpfrontFee",
       {{plan_column, plan_arn}},
       {{"Purchase", "One-Time", "", "5", "0"}}},
      {"Fee", {{reservation_column, reservation_arn}}, {{"Purchase", "One-Time", "", "5", "0"}}},
      {"Fee", {{plan_column, plan_arn}}, {{"Purchase", "One-Time", "", "5", "0"}}},
      {"Fee", {}, {{"Purchase", "One-Time", "", "5", "5"}}},
      {"Credit", {}, {{"Credit", "One-Time", "", "5", "5"}}},
      {"Credit", {{plan_column, plan_arn}}, {{"Credit", "One-Time", "", "5", "5"}}},
      {"Refund", {}, {{"Usage", "One-Time", "", "5", "5"}}},
      {"Refund", {{plan_column, plan_arn}}, {{"Purchase", "One-Time", "", "5", "0"}}},
      {"Tax", {}, {{"Tax", "One-Time", "", "5", "5"}}},
  };
  for (const char* discount : {"BundledDiscount", "Discount", "EdpDiscount", "PrivateRateDiscount",
                               "SppDiscount", "DistributorDiscount", "SomeLaterDiscount"}) {
    cases.push_back({discount, {}, {{"Usage", "Usage-Based", "", "5", "5"}}});
  }
  return cases;
}

TEST(AwsCur2Rules, EveryLineTypeBecomesTheChargesItsTableSays) {
  for (const LineCase& line : line_cases()) {
    SCOPED_TRACE(line.type);
    Bill::Cells cells = line.cells;
    cells.emplace_back(type_column, line.type);
    cells.emplace_back(cost_column, "5");
    const Converted converted = cur2_bill().convert(cells);
    EXPECT_EQ(converted.fate, line.expected.empty() ? Fate::dropped : Fate::charged)
        << converted.column << ": " << converted.reason;
    EXPECT_EQ(outlines_of(converted), line.expected);
    for (const Columns& c : converted.charges) {
      EXPECT_EQ(value(c, "x_LineItemType"), line.type);
      EXPECT_EQ(value(c, "ServiceName"), "Amazon Elastic Compute Cloud");
      EXPECT_EQ(value(c, "PricingCurrencyEffectiveCost"), value(c, "EffectiveCost"));
      EXPECT_EQ(value(c, "ChargeClass"), "");
    }
  }
}

TEST(AwsCur2Rules, ARefundOfAnInvoicedMonthIsACorrection) {
  const auto class_of = [](const char* type, const char* bill_type) {
    return value(cur2_bill().charge({{type_column, type}, {"bill_bill_type", bill_type}}),
                 "ChargeClass");
  };
  EXPECT_EQ(class_of("Refund", "Refund"), "Correction");
  EXPECT_EQ(class_of("Refund", "Anniversary"), "");
  EXPECT_EQ(class_of("Usage", "Refund"), "");
}

TEST(AwsCur2Rules, NetAmountsArePreferredWhereTheRowFillsThem) {
  struct Case {
    Bill::Cells cells;
    Outline last;
  };
  const std::vector<Case> cases = {
      {{{"line_item_net_unblended_cost", "4.5"}}, {"Usage", "Usage-Based", "", "4.5", "4.5"}},
      {{{"line_item_net_unblended_cost", "0"}}, {"Usage", "Usage-Based", "", "0", "0"}},
      {{{"line_item_net_unblended_cost", ""}}, {"Usage", "Usage-Based", "", "5", "5"}},
      {{{type_column, "DiscountedUsage"},
        {reservation_column, reservation_arn},
        {"reservation_effective_cost", "3"},
        {"reservation_net_effective_cost", "2.5"}},
       {"Usage", "Usage-Based", "Used", "0", "2.5"}},
      {{{type_column, "SavingsPlanCoveredUsage"},
        {plan_column, plan_arn},
        {"savings_plan_savings_plan_effective_cost", "3"},
        {"savings_plan_net_savings_plan_effective_cost", "2.75"}},
       {"Usage", "Usage-Based", "Used", "0", "2.75"}},
      {{{type_column, "RIFee"},
        {reservation_column, reservation_arn},
        {"reservation_unused_amortized_upfront_fee_for_billing_period", "9"},
        {"reservation_net_unused_amortized_upfront_fee_for_billing_period", "1"},
        {"reservation_unused_recurring_fee", "9"},
        {"reservation_net_unused_recurring_fee", "0.5"}},
       {"Usage", "Usage-Based", "Unused", "0", "1.5"}},
  };
  for (const Case& net : cases) {
    Bill bill = cur2_bill();
    bill.with(cost_column, "5");
    const Converted converted = bill.convert(net.cells);
    ASSERT_FALSE(converted.charges.empty()) << converted.column << ": " << converted.reason;
    EXPECT_EQ(outline_of(converted.charges.back()), net.last);
    EXPECT_EQ(value(converted.charges.back(), "x_UnblendedCost"), "5");
  }
}

TEST(AwsCur2Rules, WhatARowSaysNeverLeaksIntoTheNext) {
  Bill bill = cur2_bill();
  for (const char* column : {"product", "tags", "cost_category"}) bill.with(column);
  const Columns first = bill.charge();
  const std::vector<Bill::Cells> others = {
      {{"line_item_product_code", "AmazonS3"}},
      {{"line_item_product_code", ""}},
      {{"line_item_usage_start_date", "2026-06-02T00:00:00.000Z"}},
      {{"line_item_usage_end_date", "2026-06-03T02:30:00.000Z"}},
      {{"bill_billing_period_end_date", ""}},
      {{"resource_tags", R"({"user_team":"data","user_tier":""})"}},
      {{"resource_tags", ""}},
      {{"tags", R"({"accountTag/team":"ops"})"}},
      {{"product", R"({"vcpu":"2","storage_class":"Standard"})"}},
      {{"cost_category", R"({"unit":"a"})"}},
      {{"pricing_unit", "GB-Mo"}},
      {{"product_region_code", "eu-central-1"}},
      {{"line_item_currency_code", "EUR"}},
      {{"line_item_usage_amount", "0"}},
  };
  for (const Bill::Cells& other : others) {
    SCOPED_TRACE(other[0].first + " = " + other[0].second);
    const Columns changed = bill.charge(other);
    if (other[0].first != "bill_billing_period_end_date") {
      EXPECT_THAT(changed, Not(testing::ContainerEq(first)));
    }
    EXPECT_THAT(bill.charge(), testing::ContainerEq(first));
    EXPECT_THAT(bill.charge(other), testing::ContainerEq(changed));
  }
  // Nor does a row that cannot be read.
  EXPECT_EQ(bill.convert({{"resource_tags", "{"}, {"line_item_usage_start_date", "x"}}).fate,
            Fate::dead);
  EXPECT_THAT(bill.charge(), testing::ContainerEq(first));
}

TEST(AwsCur2Rules, TextsOfOneLengthWithEqualEndsAreToldApart) {
  Bill bill = cur2_bill();
  for (int round = 0; round < 2; ++round) {
    for (const char* team : {"aa", "ab", "ba"}) {
      const std::string tags = std::string(R"({"user_name":"0123456789","user_team":")") + team +
                               R"(","user_zone":"0123456789"})";
      EXPECT_EQ(value(bill.charge({{"resource_tags", tags}}), "tag:team"), team);
    }
    EXPECT_EQ(value(bill.charge({{"line_item_product_code", "Amazon12345678EC2"}}), "ServiceName"),
              "Amazon12345678EC2");
    EXPECT_EQ(value(bill.charge({{"line_item_product_code", "Amazon87654321EC2"}}), "ServiceName"),
              "Amazon87654321EC2");
  }
}

TEST(AwsCur2Rules, TagsAreKeptWithTheKeysTheUserGave) {
  const Columns c = cur2_bill().charge(
      {{"resource_tags", R"({"user_team":"a","user:team":"b","aws_created_by":"IAM","plain":"p",)"
                         R"("user_bare":"","user_null":null,"user_yes":true,"user_no":false,)"
                         R"("user_deep":{"x":[1,2]},"user_n":1.50,"user_huge":1e400})"},
       {"tags", R"({"accountTag/team":"c","plain":"later","user_kept":"k"})"}});
  EXPECT_EQ(value(c, "tag:team"), "b");
  EXPECT_EQ(value(c, "tag:aws:created_by"), "IAM");
  EXPECT_EQ(value(c, "tag:plain"), "later");
  EXPECT_EQ(value(c, "tag:bare"), "(true)");
  EXPECT_EQ(value(c, "tag:null"), "(true)");
  EXPECT_EQ(value(c, "tag:yes"), "(true)");
  EXPECT_EQ(value(c, "tag:no"), "false");
  EXPECT_EQ(value(c, "tag:deep"), R"({"x":[1,2]})");
  EXPECT_EQ(value(c, "tag:n"), "1.50");
  EXPECT_EQ(value(c, "tag:huge"), "1e400");
  EXPECT_EQ(value(c, "tag:accountTag/team"), "c");
  EXPECT_EQ(value(c, "tag:user_kept"), "k");
}

TEST(AwsCur2Rules, ANestedValueOfAMapIsKeptAsItStands) {
  const std::string deep =
      R"({"s":"a\"\u00e9", "n":[1.50, 123456789012345678901234567890, true,null, {}, []]})";
  const Columns c = cur2_bill().charge({{"tags", "{\"deep\":" + deep + " }"}});
  EXPECT_EQ(value(c, "tag:deep"), deep);
}

TEST(AwsCur2Rules, ATagColumnCountsBeforeTheTagsAndAfterTheResourceTags) {
  Bill bill = cur2_bill();
  for (int i = 0; i < 100; ++i) bill.with("resourceTags/user:k" + std::to_string(i), "column");
  bill.with("resourceTags/k7").with("resourceTags/user:none").with("tags");
  const Columns c = bill.charge({{"resource_tags", R"({"user_k1":"map","user_none":"map"})"},
                                 {"resourceTags/k7", "earlier"},
                                 {"tags", R"({"k2":"tag"})"}});
  EXPECT_EQ(value(c, "tag:k1"), "column");
  EXPECT_EQ(value(c, "tag:k2"), "tag");
  EXPECT_EQ(value(c, "tag:k7"), "column");
  EXPECT_EQ(value(c, "tag:k99"), "column");
  EXPECT_EQ(value(c, "tag:none"), "map");
}

struct DeadCase {
  Bill::Cells cells;
  const char* column;
  const char* reason;
};

std::vector<DeadCase> dead_cases() {
  return {
      {{{cost_column, "1,5"}}, cost_column, "'1,5' is not a number"},
      {{{cost_column, "NaN"}}, cost_column, "not a number"},
      {{{cost_column, ""}}, cost_column, "is empty"},
      {{{"line_item_net_unblended_cost", "$1"}}, "line_item_net_unblended_cost", "'$1'"},
      {{{"line_item_blended_cost", "abc"}}, "line_item_blended_cost", "'abc'"},
      {{{"line_item_usage_amount", "1 h"}}, "line_item_usage_amount", "'1 h'"},
      {{{"pricing_public_on_demand_rate", "x"}}, "pricing_public_on_demand_rate", "'x'"},
      {{{"pricing_public_on_demand_rate", ""}, {"pricing_public_on_demand_cost", "x"}},
       "pricing_public_on_demand_cost",
       "'x'"},
      {{{cost_column, "0.123456789012345678901234567890123456789"}}, cost_column, "exactly"},
      {{{"line_item_usage_start_date", "yesterday"}}, "line_item_usage_start_date", "not a date"},
      {{{"line_item_usage_start_date", ""}}, "line_item_usage_start_date", "not a date"},
      {{{"line_item_usage_end_date", "2026-06-31"}}, "line_item_usage_end_date", "not a date"},
      {{{"line_item_usage_end_date", "2026-06-02T23:00:00Z"}},
       "line_item_usage_end_date",
       "before"},
      {{{"line_item_usage_end_date", ""}, {"identity_time_interval", "2026-06-03T00:00:00Z/soon"}},
       "identity_time_interval",
       "'soon' is not a date"},
      {{{"bill_billing_period_start_date", "2026-05-01T00:00:00Z"}},
       "bill_billing_period_start_date",
       "is not in the delivery's billing period 2026-06"},
      {{{"bill_billing_period_start_date", "?"}}, "bill_billing_period_start_date", "not a date"},
      {{{"bill_billing_period_end_date", "?"}}, "bill_billing_period_end_date", "not a date"},
      {{{"bill_billing_period_end_date", "2026-06-01T00:00:00Z"}},
       "bill_billing_period_end_date",
       "not after the period's start"},
      {{{type_column, "Rebate"}}, type_column, "'Rebate' is not a line item type"},
      {{{type_column, "usage"}}, type_column, "'usage'"},
      {{{type_column, ""}}, type_column, "is empty"},
      {{{"line_item_currency_code", ""}}, "line_item_currency_code", "is empty"},
      {{{"line_item_currency_code", "usd"}}, "line_item_currency_code", "ISO 4217"},
      {{{"line_item_currency_code", "QQQ"}}, "line_item_currency_code", "ISO 4217"},
      {{{"bill_payer_account_id", ""}}, "bill_payer_account_id", "is empty"},
      {{{"line_item_usage_start_date", "0000-01-01T00:00:00+05:00"}},
       "line_item_usage_start_date",
       "not a date"},
      {{{"line_item_usage_end_date", "9999-12-31T23:00:00-05:00"}},
       "line_item_usage_end_date",
       "not a date"},
      {{{"resource_tags", R"({"a":"b")"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", R"(["a"])"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", R"({"a":"b"} x)"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", R"({"a":{"b":"c"})"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", R"({"user_team":[oops, "x"]})"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", R"({"a":["b\ud800"]})"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", "null"}}, "resource_tags", "not a JSON object"},
      {{{"resource_tags", R"({"user_a\u0000":"b"})"}},
       "resource_tags",
       "cannot be indexed: a key holds a NUL"},
      {{{"tags", "{\"" + std::string(aws::map_key_bytes_max + 1, 'k') + "\":1}"}},
       "tags",
       "cannot be indexed"},
      {{{"tags", "team=a"}}, "tags", "'team=a' is not a JSON object"},
      {{{"product", "{"}}, "product", "not a JSON object"},
      {{{"cost_category", "{]"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":nul})"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":{"b":nul}})"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":{b c d}})"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":[1 2 x})"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":{"b":1]})"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":[01]})"}}, "cost_category", "not a JSON object"},
      {{{"cost_category", R"({"a":[)" + std::string(1000, '[') + std::string(1000, ']') + "]}"}},
       "cost_category",
       "not a JSON object"},
      {{{"discount", "1"}}, "discount", "not a JSON object"},
      {{{type_column, "DiscountedUsage"}}, "reservation_effective_cost", "is empty"},
      {{{type_column, "SavingsPlanCoveredUsage"}},
       "savings_plan_savings_plan_effective_cost",
       "is empty"},
      {{{type_column, "SavingsPlanRecurringFee"}, {"savings_plan_used_commitment", "1"}},
       "savings_plan_total_commitment_to_date",
       "is empty"},
      {{{type_column, "SavingsPlanRecurringFee"}, {"savings_plan_total_commitment_to_date", "1"}},
       "savings_plan_used_commitment",
       "is empty"},
      {{{type_column, "RIFee"}}, "reservation_unused_recurring_fee", "is empty"},
      {{{type_column, "RIFee"}, {"reservation_net_unused_recurring_fee", "-"}},
       "reservation_net_unused_recurring_fee",
       "'-'"},
  };
}

TEST(AwsCur2Rules, ALineThatCannotBecomeAChargeSaysWhichColumnAndWhy) {
  for (const DeadCase& dead : dead_cases()) {
    SCOPED_TRACE(dead.cells.back().first + " = " + dead.cells.back().second);
    const Converted converted = cur2_bill().convert(dead.cells);
    EXPECT_EQ(converted.fate, Fate::dead);
    EXPECT_EQ(converted.column, dead.column);
    EXPECT_THAT(converted.reason, HasSubstr(dead.reason));
  }
}

TEST(AwsCur2Rules, AReasonShowsTheStartOfALongTextInWholeCharacters) {
  std::string text;
  while (text.size() < 200) text += "\xC3\xA9";
  for (const std::string& front : {std::string("x"), std::string()}) {
    const Converted converted = cur2_bill().convert({{cost_column, front + text}});
    const std::string shown = converted.reason.substr(0, converted.reason.find("...'"));
    EXPECT_EQ((shown.size() - 1 - front.size()) % 2, 0U) << converted.reason;
    EXPECT_LE(shown.size(), 81U);
  }
}

TEST(AwsCur2Rules, NegationsThatCancelLeaveNothing) {
  Bill bill = cur2_bill();
  const std::string other_arn = plan_arn + "b";
  for (const std::string& plan : {plan_arn, other_arn, plan_arn}) {
    bill.charge({{type_column, "SavingsPlanCoveredUsage"},
                 {plan_column, plan},
                 {"savings_plan_savings_plan_effective_cost", "0.1"},
                 {cost_column, "0.10"}});
  }
  bill.convert(
      {{type_column, "SavingsPlanNegation"}, {plan_column, other_arn}, {cost_column, "-0.1"}});
  bill.convert(
      {{type_column, "SavingsPlanNegation"}, {plan_column, plan_arn}, {cost_column, "-0.2000"}});
  EXPECT_THAT(bill.residues(), IsEmpty());
}

TEST(AwsCur2Rules, NegationsThatDoNotCancelAreReportedByPlanHourAndCurrency) {
  Bill bill = cur2_bill();
  bill.charge({{type_column, "SavingsPlanCoveredUsage"},
               {plan_column, plan_arn},
               {"savings_plan_savings_plan_effective_cost", "0.1"},
               {cost_column, "0.25"}});
  // Another hour and another currency cannot cancel it.
  bill.convert({{type_column, "SavingsPlanNegation"},
                {plan_column, plan_arn},
                {"line_item_usage_start_date", "2026-06-03T01:00:00Z"},
                {cost_column, "-0.25"}});
  bill.convert({{type_column, "SavingsPlanNegation"},
                {plan_column, plan_arn},
                {"line_item_currency_code", "EUR"},
                {cost_column, "-0.10"}});
  EXPECT_THAT(bill.residues(), ElementsAre(plan_arn + " 2026-06-03T00:00:00Z -0.1 EUR",
                                           plan_arn + " 2026-06-03T00:00:00Z 0.25 USD",
                                           plan_arn + " 2026-06-03T01:00:00Z -0.25 USD"));
}

TEST(AwsCur2Rules, NegationsOfPlansWithEndlessNamesAreReportedTogether) {
  Bill bill = cur2_bill();
  for (const char last : {'a', 'b'}) {
    bill.convert({{type_column, "SavingsPlanNegation"},
                  {plan_column, std::string(3000, 'x') + last},
                  {cost_column, "-0.25"}});
  }
  EXPECT_THAT(bill.residues(), ElementsAre("others 2026-06-03T00:00:00Z -0.5 USD"));
}

struct PriceCase {
  const char* what;
  Bill::Cells cells;
  const char *sku_price_id, *list_price, *contracted_price, *quantity;
};

TEST(AwsCur2Rules, UnitPricesStandOnlyWhereCostIsPriceTimesQuantity) {
  const std::string rate = "pricing_public_on_demand_rate";
  const std::string amount = "line_item_usage_amount";
  const std::vector<PriceCase> cases = {
      {"as stated", {}, "SKU1.TERM.RATE", "0.0960000000", "0.0960000000", "2.0"},
      {"discounted", {{cost_column, "0.1"}}, "SKU1.TERM.RATE", "0.0960000000", "0.05", "2.0"},
      {"does not end",
       {{amount, "3"}, {cost_column, "1"}},
       "SKU1.TERM.RATE",
       "0.0960000000",
       "0.33333333333333333333",
       "3"},
      {"nothing used",
       {{amount, "0"}, {cost_column, "0"}},
       "SKU1.TERM.RATE",
       "0.0960000000",
       "0.0960000000",
       "0"},
      {"nothing used, no rate",
       {{amount, "0"}, {cost_column, "0"}, {rate, ""}},
       "SKU1.TERM.RATE",
       "0",
       "0",
       "0"},
      {"cost without usage", {{amount, "0"}}, "", "", "", ""},
      {"no usage amount", {{amount, ""}}, "", "", "", ""},
      {"negative cost", {{cost_column, "-0.1"}}, "", "", "", ""},
      {"negative rate", {{rate, "-0.096"}}, "", "", "", ""},
      {"usage taken back",
       {{amount, "-2"}, {cost_column, "-0.192"}},
       "SKU1.TERM.RATE",
       "0.0960000000",
       "0.0960000000",
       "-2"},
      {"so little for so much that no price makes it",
       {{amount, "1e37"}, {rate, ""}, {cost_column, "0.01"}},
       "",
       "",
       "",
       ""},
      {"a price of few digits that does not make it",
       {{amount, "3e36"}, {rate, ""}, {cost_column, "0.1"}},
       "",
       "",
       "",
       ""},
      {"little for much",
       {{amount, "3e25"}, {rate, ""}, {cost_column, "0.1"}},
       "SKU1.TERM.RATE",
       "0.00000000000000000000000000333333333333",
       "0.00000000000000000000000000333333333333",
       "30000000000000000000000000"},
      {"no SKU", {{"product_sku", ""}}, "", "", "", ""},
      {"tax", {{type_column, "Tax"}}, "", "", "", ""},
      {"credit", {{type_column, "Credit"}, {cost_column, "-1"}}, "", "", "", ""},
  };
  for (const PriceCase& price : cases) {
    SCOPED_TRACE(price.what);
    const Columns c = cur2_bill().charge(price.cells);
    const bool holds = std::string_view(price.sku_price_id) != "";
    EXPECT_EQ(value(c, "SkuPriceId"), price.sku_price_id);
    EXPECT_EQ(value(c, "ListUnitPrice"), price.list_price);
    EXPECT_EQ(value(c, "ContractedUnitPrice"), price.contracted_price);
    EXPECT_EQ(value(c, "PricingCurrencyListUnitPrice"), price.list_price);
    EXPECT_EQ(value(c, "PricingQuantity"), price.quantity);
    EXPECT_EQ(value(c, "ConsumedQuantity"), price.quantity);
    EXPECT_EQ(value(c, "PricingUnit"), holds ? "Hours" : "");
    EXPECT_EQ(value(c, "PricingCategory"), holds ? "Standard" : "");
    EXPECT_EQ(value(c, "x_PricingRateCode"), holds ? "" : "SKU1.TERM.RATE");
  }
}

}  // namespace
}  // namespace billow::normalize
