#include "aws_bill.hpp"
#include "normalize/aws_json_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace billow::normalize {
namespace {

using testing::ContainerEq;
using testing::HasSubstr;

/// A FOCUS 1.0 row as AWS writes it: 2 hours of an m5.large at 0.096.
Bill focus_bill() {
  return {make_aws_focus_rules(june()),
          {{"AvailabilityZone", "us-east-1a"},
           {"BilledCost", "0.1920000000"},
           {"BillingAccountId", "012345678901"},
           {"BillingAccountName", "Acme Payer"},
           {"BillingCurrency", "USD"},
           {"BillingPeriodEnd", "2026-07-01T00:00:00.000Z"},
           {"BillingPeriodStart", "2026-06-01T00:00:00.000Z"},
           {"ChargeCategory", "Usage"},
           {"ChargeClass", ""},
           {"ChargeDescription", "m5.large hour"},
           {"ChargeFrequency", "Usage-Based"},
           {"ChargePeriodEnd", "2026-06-03T02:00:00.000Z"},
           {"ChargePeriodStart", "2026-06-03T00:00:00.000Z"},
           {"CommitmentDiscountCategory", ""},
           {"CommitmentDiscountId", ""},
           {"CommitmentDiscountName", ""},
           {"CommitmentDiscountStatus", ""},
           {"CommitmentDiscountType", ""},
           {"ConsumedQuantity", "2"},
           {"ConsumedUnit", "Hrs"},
           {"ContractedCost", "0.192"},
           {"ContractedUnitPrice", "0.096"},
           {"EffectiveCost", "0.192"},
           {"InvoiceIssuerName", "Amazon Web Services, Inc."},
           {"ListCost", "0.192"},
           {"ListUnitPrice", "0.096"},
           {"PricingCategory", "Standard"},
           {"PricingQuantity", "2"},
           {"PricingUnit", "Hrs"},
           {"ProviderName", "AWS"},
           {"PublisherName", "AWS"},
           {"RegionId", "us-east-1"},
           {"RegionName", "US East (N. Virginia)"},
           {"ResourceId", "i-1"},
           {"ResourceName", "web-1"},
           {"ResourceType", "Instance"},
           {"ServiceCategory", "Compute"},
           {"ServiceName", "Amazon Elastic Compute Cloud"},
           {"SkuId", "SKU1"},
           {"SkuPriceId", "SKU1.TERM.RATE"},
           {"SubAccountId", "000000000042"},
           {"SubAccountName", "data"},
           {"Tags", R"({"user_team":"shop"})"},
           {"x_ServiceCode", "AmazonEC2"},
           {"x_UsageType", "BoxUsage:m5.large"}}};
}

struct ColumnCase {
  Bill::Cells cells;
  std::vector<std::pair<std::string, std::string>> expected;  ///< "": null
};

void expect_columns(const std::vector<ColumnCase>& cases) {
  for (const ColumnCase& one : cases) {
    SCOPED_TRACE(one.cells.empty() ? "as it is"
                                   : one.cells.back().first + " = " + one.cells.back().second);
    const Columns c = focus_bill().charge(one.cells);
    for (const auto& [column, expected] : one.expected)
      EXPECT_EQ(value(c, column), expected) << column;
  }
}

constexpr const char* focus_plan_arn = "arn:aws:savingsplans::012345678901:savingsplan/sp-1";
constexpr const char* focus_reservation_arn =
    "arn:aws:ec2:us-east-1:012345678901:reserved-instances/ri-1";

TEST(AwsFocusRules, CostsAreTakenAsStated) {
  expect_columns({
      {{}, {{"BilledCost", "0.1920000000"}, {"EffectiveCost", "0.192"}, {"ListCost", "0.192"}}},
      {{{"BilledCost", "0"}, {"EffectiveCost", "0.1"}},
       {{"BilledCost", "0"}, {"EffectiveCost", "0.1"}, {"PricingCurrencyEffectiveCost", "0.1"}}},
      {{{"ChargeCategory", "Tax"},
        {"EffectiveCost", ""},
        {"ListCost", "NULL"},
        {"ContractedCost", "null"}},
       {{"EffectiveCost", "0.1920000000"},
        {"ListCost", "0.1920000000"},
        {"ContractedCost", "0.1920000000"}}},
      {{{"ChargeCategory", "Credit"}, {"BilledCost", "-3"}, {"EffectiveCost", ""}},
       {{"EffectiveCost", "-3"}, {"ContractedCost", "0.192"}}},
      {{{"ChargeCategory", "Tax"}, {"EffectiveCost", "0"}}, {{"EffectiveCost", "0"}}},
  });
}

TEST(AwsFocusRules, WhatFocus14AsksForIsFilledInAroundThem) {
  expect_columns({
      {{},
       {{"ServiceProviderName", "AWS"},
        {"HostProviderName", "AWS"},
        {"x_PublisherName", "AWS"},
        {"BillingAccountType", "AWS Payer Account"},
        {"SubAccountType", "AWS Account"},
        {"ServiceSubcategory", "Virtual Machines"},
        {"SkuMeter", "BoxUsage:m5.large"},
        {"PricingUnit", "Hours"},
        {"ConsumedUnit", "Hours"},
        {"PricingCurrency", "USD"},
        {"PricingCurrencyListUnitPrice", "0.096"},
        {"PricingCurrencyContractedUnitPrice", "0.096"},
        {"tag:user_team", "shop"},
        {"x_ServiceCode", "AmazonEC2"}}},
      {{{"ProviderName", "Acme"}, {"InvoiceIssuerName", ""}},
       {{"ServiceProviderName", "Acme"},
        {"HostProviderName", "Acme"},
        {"InvoiceIssuerName", "Acme"}}},
      {{{"ProviderName", "NULL"}}, {{"ServiceProviderName", "AWS"}}},
      {{{"ServiceProviderName", "Seller"}, {"HostProviderName", "AWS"}},
       {{"ServiceProviderName", "Seller"}, {"HostProviderName", "AWS"}}},
      {{{"SubAccountId", ""}}, {{"SubAccountName", ""}, {"SubAccountType", ""}}},
      {{{"SubAccountName", ""}}, {{"SubAccountName", "000000000042"}}},
      {{{"RegionName", ""}}, {{"RegionName", "US East (N. Virginia)"}}},
      {{{"RegionId", "global"}}, {{"RegionId", ""}, {"RegionName", ""}}},
      {{{"ResourceType", ""}}, {{"ResourceType", "Other"}}},
      {{{"ResourceId", ""}}, {{"ResourceName", ""}, {"ResourceType", ""}}},
      {{{"ConsumedUnit", ""}}, {{"ConsumedUnit", "Hours"}}},
      {{{"PricingUnit", ""}}, {{"PricingUnit", "Units"}}},
      {{{"PricingUnit", "GB-Mo"}}, {{"PricingUnit", "GB-Months"}}},
      {{{"ChargeFrequency", ""}}, {{"ChargeFrequency", "Usage-Based"}}},
      {{{"ChargeFrequency", ""}, {"ChargeCategory", "Tax"}}, {{"ChargeFrequency", "One-Time"}}},
      {{{"ChargeFrequency", "Usage-Based"}, {"ChargeCategory", "Purchase"}},
       {{"ChargeFrequency", "One-Time"}, {"x_ChargeFrequency", "Usage-Based"}}},
      {{{"CapacityReservationId", "cr-1"}}, {{"CapacityReservationStatus", "Used"}}},
      {{{"CapacityReservationId", "cr-1"}, {"CapacityReservationStatus", "Unused"}},
       {{"CapacityReservationStatus", "Unused"}}},
      {{{"CapacityReservationStatus", "Used"}}, {{"CapacityReservationStatus", ""}}},
      {{{"BillingPeriodEnd", ""}}, {{"BillingPeriodEnd", "2026-07-01T00:00:00Z"}}},
      {{{"Tags", R"({"user_a":"","aws:b":null,"c":true,"c":"last"})"}},
       {{"tag:user_a", "(true)"}, {"tag:aws:b", "(true)"}, {"tag:c", "last"}}},
  });
}

TEST(AwsFocusRules, AServiceHasTheCategoryOfTheTableElseOneThatFocusKnows) {
  expect_columns({
      {{{"ServiceCategory", "Storage"}, {"ServiceSubcategory", "Block Storage"}},
       {{"ServiceCategory", "Compute"}, {"ServiceSubcategory", "Virtual Machines"}}},
      {{{"ServiceName", ""}}, {{"ServiceName", "Amazon Elastic Compute Cloud"}}},
      {{{"ServiceName", ""}, {"x_ServiceCode", "NewThing"}, {"ServiceCategory", "Databases"}},
       {{"ServiceName", "NewThing"},
        {"ServiceCategory", "Databases"},
        {"ServiceSubcategory", "Other (Databases)"}}},
      {{{"ServiceName", ""}, {"x_ServiceCode", ""}, {"ServiceCategory", ""}},
       {{"ServiceName", "AWS"},
        {"ServiceCategory", "Other"},
        {"ServiceSubcategory", "Other (Other)"}}},
      {{{"ServiceName", "New"}, {"ServiceCategory", "Magic"}},
       {{"ServiceCategory", "Other"}, {"x_ServiceCategory", "Magic"}}},
      {{{"ServiceName", "New"}, {"ServiceCategory", "Compute"}},
       {{"ServiceSubcategory", "Virtual Machines"}}},
      {{{"ServiceName", "New"}, {"ServiceSubcategory", "Caching"}},
       {{"ServiceSubcategory", "Other (Compute)"}, {"x_ServiceSubcategory", "Caching"}}},
      {{{"ServiceName", "New"}, {"ServiceSubcategory", "Containers"}},
       {{"ServiceSubcategory", "Containers"}}},
  });
}

TEST(AwsFocusRules, ACommitmentIsWholeOrNotThere) {
  const std::string plan = focus_plan_arn;
  const std::string reservation = focus_reservation_arn;
  expect_columns({
      {{{"CommitmentDiscountCategory", "Spend"},
        {"CommitmentDiscountName", "n"},
        {"CommitmentDiscountStatus", "Used"},
        {"CommitmentDiscountType", "t"},
        {"CommitmentDiscountQuantity", "1"},
        {"CommitmentDiscountUnit", "USD"}},
       {{"CommitmentDiscountCategory", ""},
        {"CommitmentDiscountName", ""},
        {"CommitmentDiscountStatus", ""},
        {"CommitmentDiscountType", ""},
        {"CommitmentDiscountQuantity", ""},
        {"CommitmentDiscountUnit", ""}}},
      {{{"CommitmentDiscountId", plan},
        {"CommitmentDiscountStatus", "Used"},
        {"CommitmentDiscountQuantity", "0.1"},
        {"PricingCategory", ""}},
       {{"CommitmentDiscountCategory", "Spend"},
        {"CommitmentDiscountType", "Savings Plan"},
        {"CommitmentDiscountName", "sp-1"},
        {"CommitmentDiscountUnit", "USD"},
        {"PricingCategory", "Committed"}}},
      {{{"CommitmentDiscountId", reservation},
        {"CommitmentDiscountStatus", "Perhaps"},
        {"CommitmentDiscountQuantity", "2"}},
       {{"CommitmentDiscountCategory", "Usage"},
        {"CommitmentDiscountType", "Reserved Instance"},
        {"CommitmentDiscountName", "ri-1"},
        {"CommitmentDiscountStatus", ""},
        {"x_CommitmentDiscountStatus", "Perhaps"},
        {"CommitmentDiscountUnit", "Hours"}}},
      {{{"CommitmentDiscountId", plan}, {"CommitmentDiscountStatus", "Unused"}},
       {{"ConsumedQuantity", ""}, {"ConsumedUnit", ""}, {"SkuPriceId", "SKU1.TERM.RATE"}}},
  });
}

TEST(AwsFocusRules, APurchaseHasNoCommitmentStatusAndACreditNoCommitmentQuantity) {
  const auto of_category = [](const char* category) -> Bill::Cells {
    return {{"CommitmentDiscountId", focus_plan_arn},
            {"CommitmentDiscountStatus", "Used"},
            {"CommitmentDiscountQuantity", "0.1"},
            {"CommitmentDiscountUnit", "USD"},
            {"ChargeCategory", category}};
  };
  expect_columns({
      {of_category("Usage"),
       {{"CommitmentDiscountStatus", "Used"}, {"CommitmentDiscountQuantity", "0.1"}}},
      {of_category("Purchase"),
       {{"CommitmentDiscountStatus", ""},
        {"x_CommitmentDiscountStatus", "Used"},
        {"CommitmentDiscountQuantity", "0.1"},
        {"CommitmentDiscountUnit", "USD"}}},
      {of_category("Credit"),
       {{"CommitmentDiscountId", focus_plan_arn},
        {"CommitmentDiscountQuantity", ""},
        {"CommitmentDiscountUnit", ""}}},
      {of_category("Adjustment"),
       {{"CommitmentDiscountQuantity", ""}, {"CommitmentDiscountUnit", ""}}},
  });
}

TEST(AwsFocusRules, WhatBuysACommitmentIsNotPricedByIt) {
  expect_columns({
      {{{"CommitmentDiscountId", focus_plan_arn},
        {"ChargeCategory", "Purchase"},
        {"PricingCategory", "Committed"}},
       {{"PricingCategory", "Standard"}, {"x_PricingCategory", "Committed"}}},
      {{{"CommitmentDiscountId", focus_plan_arn},
        {"CommitmentDiscountStatus", "Used"},
        {"PricingCategory", "Committed"}},
       {{"PricingCategory", "Committed"}, {"x_PricingCategory", ""}}},
  });
}

TEST(AwsFocusRules, PricesStandOnlyWhereTheyMakeTheCost) {
  expect_columns({
      {{{"ListUnitPrice", "0.5"}}, {{"ListUnitPrice", "0.096"}, {"x_ListUnitPrice", "0.5"}}},
      {{{"ContractedUnitPrice", ""}, {"ContractedCost", "0.1"}}, {{"ContractedUnitPrice", "0.05"}}},
      {{{"PricingQuantity", "3"}, {"ListUnitPrice", ""}, {"ListCost", "1"}},
       {{"ListUnitPrice", "0.33333333333333333333"}}},
      {{{"ListUnitPrice", "0.0960000001"}},  // within 1e-9
       {{"ListUnitPrice", "0.0960000001"}, {"x_ListUnitPrice", ""}}},
      {{{"ListUnitPrice", "0.096000001"}}, {{"ListUnitPrice", "0.096"}}},
      {{{"PricingCategory", "Cheap"}},
       {{"PricingCategory", "Standard"}, {"x_PricingCategory", "Cheap"}}},
      {{{"ChargeCategory", "Purchase"}}, {{"ConsumedQuantity", ""}, {"ConsumedUnit", ""}}},
      {{{"ChargeCategory", "Tax"}}, {{"SkuId", ""}, {"SkuMeter", ""}}},
      {{{"SkuPriceDetails", R"({"InstanceType":"m5","CoreCount":"2","vcpu":"2","x_a":"b"})"}},
       {{"SkuPriceDetails", R"({"CoreCount":2,"InstanceType":"m5","x_a":"b","x_vcpu":"2"})"}}},
      {{{"SkuPriceDetails", R"({"InstanceSeries":5,"DiskType":true,"CoreCount":1e400,"n":6})"}},
       {{"SkuPriceDetails",
         R"({"DiskType":"true","InstanceSeries":"5","x_CoreCount":"1e400","x_n":6})"}}},
  });
}

TEST(AwsFocusRules, PricesInTheBillingCurrencyAreThePricesThemselves) {
  expect_columns({
      {{{"ListUnitPrice", "0.5"}, {"PricingCurrencyListUnitPrice", "0.5"}},
       {{"ListUnitPrice", "0.096"},
        {"PricingCurrencyListUnitPrice", "0.096"},
        {"x_PricingCurrencyListUnitPrice", "0.5"}}},
      {{{"ContractedUnitPrice", ""}, {"PricingCurrencyContractedUnitPrice", "7"}},
       {{"ContractedUnitPrice", "0.096"},
        {"PricingCurrencyContractedUnitPrice", "0.096"},
        {"x_PricingCurrencyContractedUnitPrice", "7"}}},
      {{{"ListUnitPrice", "0.5"}, {"PricingCurrencyListUnitPrice", "0.0960"}},
       {{"ListUnitPrice", "0.096"},
        {"PricingCurrencyListUnitPrice", "0.0960"},
        {"x_PricingCurrencyListUnitPrice", ""}}},
      {{{"PricingCurrencyListUnitPrice", "5"}},
       {{"ListUnitPrice", "0.096"},
        {"x_ListUnitPrice", ""},
        {"PricingCurrencyListUnitPrice", "0.096"},
        {"x_PricingCurrencyListUnitPrice", "5"}}},
      {{{"PricingCurrencyListUnitPrice", "-1"}},
       {{"PricingCurrencyListUnitPrice", "0.096"}, {"x_PricingCurrencyListUnitPrice", "-1"}}},
      // What it is in another currency cannot be made up.
      {{{"PricingCurrency", "EUR"},
        {"PricingCurrencyEffectiveCost", "0.17"},
        {"ListUnitPrice", "0.5"},
        {"PricingCurrencyListUnitPrice", "0.4"},
        {"PricingCurrencyContractedUnitPrice", "-1"}},
       {{"ListUnitPrice", "0.096"},
        {"PricingCurrencyListUnitPrice", "0.4"},
        {"PricingCurrencyContractedUnitPrice", ""},
        {"x_PricingCurrencyContractedUnitPrice", "-1"}}},
  });
}

TEST(AwsFocusRules, WithoutAPriceThatHoldsNothingOfAPriceIsSaid) {
  const std::vector<Bill::Cells> cases = {
      {{"ChargeCategory", "Tax"}},
      {{"SkuId", ""}},
      {{"SkuPriceId", ""}},
      {{"PricingQuantity", ""}},
      {{"PricingQuantity", "0"}},
      {{"ListUnitPrice", "-0.096"}},
      {{"ListUnitPrice", ""}, {"ListCost", "-1"}},
      {{"ContractedUnitPrice", ""}, {"ContractedCost", "-1"}},
      {{"SkuPriceDetails", R"({"InstanceType":"m5"})"}, {"SkuId", "NULL"}},
  };
  for (const Bill::Cells& cells : cases) {
    SCOPED_TRACE(cells.back().first + " = " + cells.back().second);
    const Columns c = focus_bill().charge(cells);
    for (const char* column :
         {"SkuPriceId", "PricingCategory", "PricingQuantity", "PricingUnit", "ConsumedQuantity",
          "ConsumedUnit", "ListUnitPrice", "ContractedUnitPrice", "PricingCurrencyListUnitPrice",
          "PricingCurrencyContractedUnitPrice", "CommitmentDiscountQuantity", "SkuPriceDetails"}) {
      EXPECT_EQ(value(c, column), "") << column;
    }
    EXPECT_EQ(value(c, "BilledCost"), "0.1920000000");
  }
}

/// Cells of a row that differ from those of rows like it.
const std::vector<Bill::Cells>& varying_focus_cells() {
  static const std::vector<Bill::Cells> cells = {
      {},
      {{"BilledCost", "7"}, {"EffectiveCost", "7"}},
      {{"ChargePeriodStart", "2026-06-30T23:00:00.000Z"},
       {"ChargePeriodEnd", "2026-07-01T00:00:00.000Z"}},
      {{"ListUnitPrice", "0.5"}},
      {{"ListUnitPrice", "0.5"}, {"ContractedUnitPrice", "0.4"}},
      {{"ListUnitPrice", "0.5"}, {"ContractedUnitPrice", "-1"}},
      {{"ListUnitPrice", ""}, {"ContractedUnitPrice", "NULL"}},
      {{"PricingQuantity", "0"}},
      {{"PricingQuantity", "4"}, {"ConsumedQuantity", "4"}},
      {{"ConsumedQuantity", ""}},
      {{"CommitmentDiscountQuantity", "0.1"}},
      {{"PricingCurrencyEffectiveCost", "0.17"}},
      {{"PricingCurrencyListUnitPrice", "0.08"}, {"PricingCurrencyContractedUnitPrice", "-1"}},
      {{"x_Discounts", R"({"EDP":"-0.01"})"}},
      {{"x_Discounts", "{}"}},
      {{"x_Discounts", "NULL"}},
  };
  return cells;
}

TEST(AwsFocusRules, ARowBecomesTheSameHoweverManyLikeItCameBefore) {
  const std::vector<Bill::Cells> kinds = {
      {},
      {{"ChargeCategory", "Tax"}, {"PricingCategory", ""}},
      {{"ChargeCategory", "Credit"}, {"SkuId", ""}},
      {{"CommitmentDiscountId", focus_plan_arn}, {"CommitmentDiscountStatus", "Used"}},
      {{"CommitmentDiscountId", focus_reservation_arn}, {"CommitmentDiscountStatus", "Unused"}},
      {{"PricingCurrency", "EUR"}},
      {{"PricingCurrency", "credits"}, {"Tags", R"({"a":"b","c":""})"}, {"x_More", "1"}},
  };
  const auto complete = [](Bill bill) {
    for (const char* column : {"CommitmentDiscountQuantity", "PricingCurrency",
                               "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
                               "PricingCurrencyContractedUnitPrice", "x_Discounts", "x_More"}) {
      bill.with(column);
    }
    return bill;
  };
  Bill bill = complete(focus_bill());
  for (int round = 0; round < 3; ++round) {
    for (const Bill::Cells& kind : kinds) {
      for (Bill::Cells cells : varying_focus_cells()) {
        SCOPED_TRACE(testing::PrintToString(kind) + testing::PrintToString(cells));
        cells.insert(cells.begin(), kind.begin(), kind.end());
        EXPECT_THAT(bill.charge(cells), ContainerEq(complete(focus_bill()).charge(cells)));
      }
    }
  }
  // A row that cannot be read leaves nothing behind, and is known from its like.
  EXPECT_EQ(bill.convert({{"BilledCost", "x"}}).fate, Fate::dead);
  EXPECT_EQ(bill.convert({{"ChargePeriodEnd", "2026-06-02"}}).fate, Fate::dead);
  EXPECT_THAT(bill.charge(), ContainerEq(complete(focus_bill()).charge()));
}

TEST(AwsFocusRules, AnotherPricingCurrencyNeedsItsEffectiveCost) {
  expect_columns({
      {{{"PricingCurrency", "EUR"},
        {"PricingCurrencyEffectiveCost", "0.17"},
        {"PricingCurrencyListUnitPrice", "0.08"}},
       {{"PricingCurrency", "EUR"},
        {"PricingCurrencyEffectiveCost", "0.17"},
        {"PricingCurrencyListUnitPrice", "0.08"},
        {"PricingCurrencyContractedUnitPrice", ""}}},
      {{{"PricingCurrency", "EUR"},
        {"PricingCurrencyListUnitPrice", "0.08"},
        {"PricingCurrencyContractedUnitPrice", "0.07"}},
       {{"PricingCurrency", "USD"},
        {"x_PricingCurrency", "EUR"},
        {"PricingCurrencyEffectiveCost", "0.192"},
        {"PricingCurrencyListUnitPrice", "0.096"},
        {"x_PricingCurrencyListUnitPrice", "0.08"},
        {"PricingCurrencyContractedUnitPrice", "0.096"}}},
      {{{"PricingCurrency", "credits"}, {"PricingCurrencyEffectiveCost", "17"}},
       {{"PricingCurrency", "USD"},
        {"x_PricingCurrency", "credits"},
        {"PricingCurrencyEffectiveCost", "0.192"},
        {"x_PricingCurrencyEffectiveCost", "17"}}},
  });
}

/// `{"a":{"a":1}}` for two levels.
std::string nested_objects(std::size_t levels, const std::string& key) {
  std::string json;
  for (std::size_t i = 0; i < levels; ++i) json.append("{\"").append(key).append("\":");
  return json.append("1").append(levels, '}');
}

struct DeadFocusCase {
  Bill::Cells cells;
  const char* column;
  const char* reason;
};

TEST(AwsFocusRules, ALineThatCannotBecomeAChargeSaysWhichColumnAndWhy) {
  const std::vector<DeadFocusCase> cases = {
      {{{"BilledCost", "1,5"}}, "BilledCost", "'1,5' is not a number"},
      {{{"BilledCost", ""}}, "BilledCost", "is empty"},
      {{{"ChargeCategory", "Tax"}, {"BilledCost", "NULL"}}, "BilledCost", "is empty"},
      {{{"EffectiveCost", ""}}, "EffectiveCost", "is empty"},
      {{{"ListCost", "null"}}, "ListCost", "is empty"},
      {{{"ContractedCost", ""}, {"ChargeCategory", "Adjustment"}}, "ContractedCost", "is empty"},
      {{{"PricingQuantity", "two"}}, "PricingQuantity", "'two'"},
      {{{"BillingAccountId", ""}}, "BillingAccountId", "is empty"},
      {{{"BillingCurrency", ""}}, "BillingCurrency", "is empty"},
      {{{"BillingCurrency", "QQQ"}}, "BillingCurrency", "ISO 4217"},
      {{{"ChargeCategory", ""}}, "ChargeCategory", "is empty"},
      {{{"ChargeCategory", "usage"}}, "ChargeCategory", "'usage' is not a charge category"},
      {{{"BillingPeriodStart", "2026-05-01"}},
       "BillingPeriodStart",
       "is not in the delivery's billing period 2026-06"},
      {{{"BillingPeriodStart", ""}}, "BillingPeriodStart", "not a date"},
      {{{"BillingPeriodEnd", "?"}}, "BillingPeriodEnd", "not a date"},
      {{{"BillingPeriodEnd", "2026-06-01"}}, "BillingPeriodEnd", "not after the period's start"},
      {{{"ChargePeriodStart", ""}}, "ChargePeriodStart", "not a date"},
      {{{"ChargePeriodEnd", "2026-06-32"}}, "ChargePeriodEnd", "not a date"},
      {{{"ChargePeriodEnd", "2026-06-02"}}, "ChargePeriodEnd", "before"},
      {{{"Tags", "{"}}, "Tags", "not a JSON object"},
      {{{"Tags", R"(["a"])"}}, "Tags", "not a JSON object"},
      {{{"SkuPriceDetails", "m5"}}, "SkuPriceDetails", "'m5' is not a JSON object"},
      {{{"AllocatedTags", "x"}}, "AllocatedTags", "not a JSON object"},
      {{{"AllocatedTags", R"({"a":{"b":}})"}}, "AllocatedTags", "not a JSON object"},
      {{{"ContractApplied", R"({"a":[1,,2]})"}}, "ContractApplied", "not a JSON object"},
      {{{"ContractApplied", R"({"a":1} x)"}}, "ContractApplied", "not a JSON object"},
      {{{"ContractApplied", R"(["a"])"}}, "ContractApplied", "not a JSON object"},
      {{{"ContractApplied", "1"}}, "ContractApplied", "not a JSON object"},
      {{{"Tags", R"({"a\u0000":"b"})"}}, "Tags", "cannot be indexed: a key holds a NUL"},
      {{{"Tags", "{\"" + std::string(aws::map_key_bytes_max + 1, 'k') + "\":1}"}},
       "Tags",
       "cannot be indexed"},
      {{{"SkuPriceDetails", R"({"a\u0000":"b"})"}}, "SkuPriceDetails", "cannot be indexed"},
      {{{"AllocatedTags", R"({"a":[{"\u0000":1}]})"}}, "AllocatedTags", "cannot be indexed"},
      {{{"ContractApplied", nested_objects(aws::map_depth_max + 1, "a")}},
       "ContractApplied",
       "cannot be indexed"},
      {{{"ContractApplied",
         nested_objects(aws::map_depth_max, std::string(aws::map_key_bytes_max / 20, 'k'))}},
       "ContractApplied",
       "cannot be indexed"},
  };
  for (const DeadFocusCase& dead : cases) {
    SCOPED_TRACE(dead.cells.back().first + " = " + dead.cells.back().second);
    const Converted converted = focus_bill().convert(dead.cells);
    EXPECT_EQ(converted.fate, Fate::dead);
    EXPECT_EQ(converted.column, dead.column);
    EXPECT_THAT(converted.reason, HasSubstr(dead.reason));
  }
}

TEST(AwsFocusRules, JsonColumnsKeepAllTheirLevelsWithoutBlanks) {
  const Columns c = focus_bill().charge(
      {{"AllocatedTags", "{ \"a\" : \"b c\" }"}, {"ContractApplied", "{\"x\":\n[ {\"y\": 1} ]}"}});
  EXPECT_EQ(value(c, "AllocatedTags"), R"({"a":"b c"})");
  EXPECT_EQ(value(c, "ContractApplied"), R"({"x":[{"y":1}]})");
}

TEST(AwsFocusRules, JsonColumnsMayBeAsDeepAsElasticsearchIndexesThem) {
  const std::string deepest = nested_objects(aws::map_depth_max, "a");
  EXPECT_EQ(value(focus_bill().charge({{"ContractApplied", deepest}}), "ContractApplied"), deepest);
  const std::string longest = "{\"" + std::string(aws::map_key_bytes_max, 'k') + "\":\"\\u00e9\"}";
  EXPECT_NE(value(focus_bill().charge({{"ContractApplied", longest}}), "ContractApplied"), "");
  EXPECT_EQ(focus_bill().convert({{"Tags", longest}}).fate, Fate::charged);
}

TEST(AwsFocusRules, OfEqualKeysInAJsonColumnTheLastOneCounts) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"a":1,"a":2})", R"({"a":2})"},
      {R"({"a":{"b":1,"b":2}})", R"({"a":{"b":2}})"},
      {R"({"a":[{"b":{"c":[],"c":null}},{"b":1}],"\u0061":[{"b":"x","\u0062":"y"}]})",
       R"({"a":[{"b":"y"}]})"},
      {R"({"z":[{"b":true,"a":1.50,"b":123456789012345678901234567890}], "é\n":"\""})",
       R"({"z":[{"a":1.50,"b":123456789012345678901234567890}],"é\n":"\""})"},
      {R"({"a":{ },"b":[ ]})", R"({"a":{},"b":[]})"},
      {" { } ", ""},
  };
  for (const char* column : {"AllocatedTags", "AllocatedMethodDetails",
                             "CommitmentProgramEligibilityDetails", "ContractApplied"}) {
    for (const auto& [text, expected] : cases)
      EXPECT_EQ(value(focus_bill().charge({{column, text}}), column), expected) << text;
  }
}

TEST(AwsFocusRules, WhatARowSaysNeverLeaksIntoTheNext) {
  Bill bill = focus_bill();
  for (const char* column : {"SkuPriceDetails", "PricingCurrency", "AllocatedTags"})
    bill.with(column);
  const Columns first = bill.charge();
  const std::vector<Bill::Cells> others = {
      {{"Tags", R"({"user_team":"data"})"}},
      {{"Tags", ""}},
      {{"SkuPriceDetails", R"({"InstanceType":"m5"})"}},
      {{"AllocatedTags", R"({"a":"b"})"}},
      {{"PricingCurrency", "EUR"}},
      {{"ChargePeriodStart", "2026-06-02"}},
      {{"ServiceName", ""}, {"x_ServiceCode", "AmazonS3"}},
      {{"PricingUnit", "GB-Mo"}},
      {{"ListUnitPrice", "7"}},
      {{"ChargeCategory", "Tax"}},
  };
  for (const Bill::Cells& other : others) {
    SCOPED_TRACE(other[0].first + " = " + other[0].second);
    const Columns changed = bill.charge(other);
    EXPECT_NE(changed, first);
    EXPECT_THAT(bill.charge(), ContainerEq(first));
    EXPECT_THAT(bill.charge(other), ContainerEq(changed));
  }
  EXPECT_EQ(bill.convert({{"Tags", "{"}}).fate, Fate::dead);
  EXPECT_THAT(bill.charge(), ContainerEq(first));
}

}  // namespace
}  // namespace billow::normalize
