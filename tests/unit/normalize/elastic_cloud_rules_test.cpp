#include "aws_bill.hpp"
#include "base/embedded.hpp"
#include "normalize/elastic_cloud_sku.hpp"
#include "normalize/elastic_cloud_tables.hpp"
#include "normalize/lookup.hpp"
#include "normalize/normalizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace billow::normalize {
namespace {

using testing::HasSubstr;

Options elastic_options() {
  Options options;
  options.rules = Rules::elastic_cloud;
  options.period = june();
  options.billing_account_id = "1234567890";
  return options;
}

/// 24 hours of hot nodes on 3 June 2026, by default in USD at one dollar an ECU.
Bill elastic_bill(const Options& options = elastic_options()) {
  auto rules = make_elastic_cloud_rules(options);
  EXPECT_TRUE(rules->begin_object("instances/2026-06-03.json"));
  return {std::move(rules),
          {{"instance.id", "4679751e171d403d8603cb1639b67e57"},
           {"instance.name", "shop search"},
           {"instance.type", "deployment"},
           {"name", "Cloud Standard, AWS us-east-1 (N. Virginia), aws.es.datahot.c6gd, 4GB, 2AZ"},
           {"total_ecu", "7.3728"},
           {"type", "capacity"},
           {"sku", "aws.es.datahot.c6gd_us-east-1_4096_2"},
           {"unit", "hour"},
           {"quantity.value", "24"},
           {"rate.value", "0.3072"},
           {"kind", "elasticsearch"}}};
}

TEST(ElasticCloudRules, EveryColumnOfALine) {
  const Columns expected = {
      {"BilledCost", "7.3728"},
      {"BillingAccountId", "1234567890"},
      {"BillingAccountType", "Elastic Cloud Organization"},
      {"BillingCurrency", "USD"},
      {"BillingPeriodEnd", "2026-07-01T00:00:00Z"},
      {"BillingPeriodStart", "2026-06-01T00:00:00Z"},
      {"ChargeCategory", "Usage"},
      {"ChargeDescription",
       "Cloud Standard, AWS us-east-1 (N. Virginia), aws.es.datahot.c6gd, 4GB, 2AZ"},
      {"ChargeFrequency", "Usage-Based"},
      {"ChargePeriodEnd", "2026-06-04T00:00:00Z"},
      {"ChargePeriodStart", "2026-06-03T00:00:00Z"},
      {"ConsumedQuantity", "24"},
      {"ConsumedUnit", "Hours"},
      {"ContractedCost", "7.3728"},
      {"ContractedUnitPrice", "0.3072"},
      {"EffectiveCost", "7.3728"},
      {"HostProviderName", "AWS"},
      {"InvoiceIssuerName", "Elastic"},
      {"ListCost", "7.3728"},
      {"ListUnitPrice", "0.3072"},
      {"PricingCategory", "Standard"},
      {"PricingCurrency", "USD"},
      {"PricingCurrencyContractedUnitPrice", "0.3072"},
      {"PricingCurrencyEffectiveCost", "7.3728"},
      {"PricingCurrencyListUnitPrice", "0.3072"},
      {"PricingQuantity", "24"},
      {"PricingUnit", "Hours"},
      {"RegionId", "us-east-1"},
      {"RegionName", "us-east-1"},
      {"ResourceId", "4679751e171d403d8603cb1639b67e57"},
      {"ResourceName", "shop search"},
      {"ResourceType", "Deployment"},
      {"ServiceCategory", "Analytics"},
      {"ServiceName", "Elastic Cloud Hosted"},
      {"ServiceProviderName", "Elastic"},
      {"ServiceSubcategory", "Search"},
      {"SkuId", "aws.es.datahot.c6gd_us-east-1_4096_2"},
      {"SkuMeter", "capacity"},
      {"SkuPriceId", "aws.es.datahot.c6gd_us-east-1_4096_2"},
      {"x_InstanceConfiguration", "aws.es.datahot.c6gd"},
      {"x_InstanceType", "deployment"},
      {"x_Kind", "elasticsearch"},
      {"x_LineItemType", "capacity"},
      {"x_MemoryPerZoneMB", "4096"},
      {"x_PricingCurrency", "ECU"},
      {"x_PricingCurrencyEffectiveCost", "7.3728"},
      {"x_PricingCurrencyListUnitPrice", "0.3072"},
      {"x_ZoneCount", "2"},
  };
  EXPECT_EQ(elastic_bill().charge(), expected);
}

struct ElasticCase {
  Bill::Cells cells;
  std::vector<std::pair<std::string, std::string>> expected;  ///< "": null
};

void expect_elastic(const std::vector<ElasticCase>& cases,
                    const Options& options = elastic_options()) {
  for (const ElasticCase& one : cases) {
    SCOPED_TRACE(one.cells.empty() ? "as it is"
                                   : one.cells.back().first + " = " + one.cells.back().second);
    const Columns c = elastic_bill(options).charge(one.cells);
    for (const auto& [column, expected] : one.expected)
      EXPECT_EQ(value(c, column), expected) << column;
  }
}

TEST(ElasticCloudRules, AmountsKeepTheirDigits) {
  expect_elastic({
      {{{"total_ecu", "7.3728000"}}, {{"BilledCost", "7.3728000"}}},
      {{{"total_ecu", "0.0"}, {"rate.value", "0.0"}},
       {{"BilledCost", "0.0"},
        {"ListUnitPrice", "0.0"},
        {"SkuPriceId", "aws.es.datahot.c6gd_us-east-1_4096_2"}}},
      {{{"total_ecu", "-1.5"}}, {{"BilledCost", "-1.5"}, {"EffectiveCost", "-1.5"}}},
      {{{"total_ecu", "1E-7"}}, {{"BilledCost", "0.0000001"}}},
      {{{"total_ecu", "123456789012345678901234.123456789"}},
       {{"BilledCost", "123456789012345678901234.123456789"}}},
  });
}

TEST(ElasticCloudRules, AnEcuHasAPriceInTheBillingCurrency) {
  Options options = elastic_options();
  options.billing_currency = "EUR";
  options.ecu_price = "0.85";
  expect_elastic({{{},
                   {{"BilledCost", "6.26688"},
                    {"BillingCurrency", "EUR"},
                    {"ContractedCost", "6.26688"},
                    {"EffectiveCost", "6.26688"},
                    {"ListCost", "6.26688"},
                    {"ListUnitPrice", "0.26112"},
                    {"PricingCurrency", "EUR"},
                    {"PricingCurrencyEffectiveCost", "6.26688"},
                    {"PricingCurrencyListUnitPrice", "0.26112"},
                    {"x_PricingCurrency", "ECU"},
                    {"x_PricingCurrencyEffectiveCost", "7.3728"},
                    {"x_PricingCurrencyListUnitPrice", "0.3072"}}}},
                 options);
  options.ecu_price = "1.00";
  expect_elastic({{{{"total_ecu", "7.37280"}}, {{"BilledCost", "7.37280"}}}}, options);
  options.ecu_price = "0";
  expect_elastic({{{}, {{"BilledCost", "0"}, {"ListUnitPrice", "0"}}}}, options);
}

TEST(ElasticCloudRules, AUnitPriceMakesTheCost) {
  expect_elastic({
      // 0.016 x 151.48789499513805 is 2.42380632..., which Elastic rounds.
      {{{"total_ecu", "2.4238"}, {"quantity.value", "151.48789499513805"}, {"rate.value", "0.016"}},
       {{"ListUnitPrice", "0.015999958281008466037"},
        {"PricingQuantity", "151.48789499513805"},
        {"x_PricingCurrencyListUnitPrice", "0.016"}}},
      {{{"rate.value", ""}}, {{"ListUnitPrice", "0.3072"}, {"x_PricingCurrencyListUnitPrice", ""}}},
      {{{"total_ecu", "0.0"}, {"quantity.value", "0.0"}, {"rate.value", "28.0"}},
       {{"ListUnitPrice", "28.0"}, {"PricingQuantity", "0.0"}, {"ConsumedQuantity", "0.0"}}},
      {{{"total_ecu", "0"}, {"quantity.value", "0"}, {"rate.value", ""}}, {{"ListUnitPrice", "0"}}},
  });
}

TEST(ElasticCloudRules, WithoutAUnitPriceThereIsNoQuantity) {
  const std::vector<std::pair<std::string, std::string>> no_price = {
      {"ConsumedQuantity", ""},
      {"ConsumedUnit", ""},
      {"ContractedUnitPrice", ""},
      {"ListUnitPrice", ""},
      {"PricingCategory", ""},
      {"PricingCurrencyContractedUnitPrice", ""},
      {"PricingCurrencyListUnitPrice", ""},
      {"PricingQuantity", ""},
      {"PricingUnit", ""},
      {"SkuPriceId", ""},
      {"x_PricingUnit", "hour"}};
  const std::vector<Bill::Cells> lines = {
      {{"total_ecu", "1"}, {"quantity.value", "0"}},
      {{"total_ecu", "-1"}, {"quantity.value", "24"}},
      {{"rate.value", "-0.3072"}},
      {{"quantity.value", ""}},
      {{"total_ecu", "0"}, {"quantity.value", ""}},
      {{"sku", ""}},
  };
  for (const Bill::Cells& cells : lines) expect_elastic({{cells, no_price}});
  expect_elastic({{{{"total_ecu", "1"}, {"quantity.value", "0"}}, {{"x_PricingQuantity", "0"}}},
                  {{{"total_ecu", "-1"}, {"quantity.value", "-2"}, {"rate.value", "0.5"}},
                   {{"ListUnitPrice", "0.5"}, {"PricingQuantity", "-2"}, {"BilledCost", "-1"}}}});
}

TEST(ElasticCloudRules, WhatWasBilledHasAServiceAndAResource) {
  expect_elastic({
      {{{"instance.type", "elasticsearch"}},
       {{"ServiceName", "Elasticsearch Serverless"},
        {"ServiceCategory", "Analytics"},
        {"ServiceSubcategory", "Search"},
        {"ResourceType", "Project"}}},
      {{{"instance.type", "observability"}},
       {{"ServiceName", "Elastic Observability Serverless"},
        {"ServiceCategory", "Management and Governance"},
        {"ServiceSubcategory", "Observability"}}},
      {{{"instance.type", "security"}},
       {{"ServiceName", "Elastic Security Serverless"},
        {"ServiceCategory", "Security"},
        {"ServiceSubcategory", "Threat Detection and Response"}}},
      {{{"instance.type", "cloud_connect"}},
       {{"ServiceName", "Elastic Cloud"},
        {"ServiceCategory", "Other"},
        {"ServiceSubcategory", "Other (Other)"},
        {"ResourceType", "Other"},
        {"x_InstanceType", "cloud_connect"}}},
      {{{"instance.type", ""}}, {{"ServiceName", "Elastic Cloud"}, {"x_InstanceType", ""}}},
      {{{"instance.name", ""}}, {{"ResourceName", ""}, {"ResourceType", "Deployment"}}},
      {{{"instance.name", "4679751e171d403d8603cb1639b67e57"}}, {{"ResourceName", ""}}},
      {{{"instance.id", ""}}, {{"ResourceId", ""}, {"ResourceName", ""}, {"ResourceType", ""}}},
      {{{"name", ""}}, {{"ChargeDescription", "aws.es.datahot.c6gd_us-east-1_4096_2"}}},
      {{{"kind", ""}}, {{"x_Kind", ""}}},
      {{{"sku", ""}},
       {{"SkuId", ""}, {"SkuMeter", ""}, {"RegionId", ""}, {"HostProviderName", ""}}},
      {{{"sku", "aws.data-transfer-in"}, {"type", "data_in"}, {"unit", "GB"}},
       {{"HostProviderName", "AWS"},
        {"RegionId", ""},
        {"RegionName", ""},
        {"SkuMeter", "data_in"},
        {"PricingUnit", "GB"},
        {"x_InstanceConfiguration", ""}}},
      {{{"unit", "1000 API Calls"}},
       {{"PricingUnit", "1000 Requests"}, {"ConsumedUnit", "1000 Requests"}}},
      {{{"unit", "vcu"}}, {{"PricingUnit", "vcu"}}},
      {{{"unit", ""}}, {{"PricingUnit", "Units"}}},
  });
}

TEST(ElasticCloudRules, ALineThatStatesNoCostIsDead) {
  const std::vector<std::tuple<Bill::Cells, std::string, std::string>> cases = {
      {{{"total_ecu", ""}}, "total_ecu", "is missing: every line states its cost"},
      {{{"total_ecu", "1234567890123456789012345678901234567890"}},
       "total_ecu",
       "'1234567890123456789012345678901234567890' is not a number that can be held exactly"},
      {{{"quantity.value", "1E999"}},
       "quantity.value",
       "'1E999' is not a number that can be held exactly"},
      {{{"rate.value", "1E-60"}}, "rate.value", "'1E-60' is not a number that can be held exactly"},
  };
  for (const auto& [cells, column, reason] : cases) {
    const Converted converted = elastic_bill().convert(cells);
    EXPECT_EQ(converted.fate, Fate::dead);
    EXPECT_EQ(converted.column, column);
    EXPECT_EQ(converted.reason, reason);
  }
  Options options = elastic_options();
  options.ecu_price = "0.33333333333333333333";
  const Converted converted =
      elastic_bill(options).convert({{"total_ecu", "1.2345678901234567890123"}});
  EXPECT_EQ(converted.reason,
            "'1.2345678901234567890123' times the price of an ECU, 0.33333333333333333333, cannot "
            "be held exactly");
}

TEST(ElasticCloudRules, ThePageIsOfADayOfThePeriod) {
  const auto rules = make_elastic_cloud_rules(elastic_options());
  for (const char* object :
       {"instances/2026-06-01.json", "instances/2026-06-30.json.gz", "2026-06-15.json",
        "/some/folder/2026-06-15.json", "./2026-06-15.json.gz"}) {
    EXPECT_TRUE(rules->begin_object(object)) << object;
  }
  for (const char* object :
       {"instances/2026-05-31.json", "instances/2026-07-01.json", "instances/2025-06-01.json"}) {
    EXPECT_THAT(rules->begin_object(object).error().detail,
                HasSubstr("not in the delivery's billing period 2026-06"))
        << object;
  }
  for (const char* object :
       {"", "instances", "instances/", "instances/2026-06-01", "instances/2026-06-01.csv",
        "instances/2026-06-01.json.gz.gz", "instances/2026-06-31.json", "instances/2026-6-1.json",
        "instances/x2026-06-01.json", "instances/2026-06-01 .json", "2026-06-01.json/x",
        "instances/20260601.json", "instances/2026-06-01T00:00:00Z.json",
        "instances/2026-06-1x.json", ".json", ".gz", "2026/06/01.json"}) {
    const auto begun = rules->begin_object(object);
    ASSERT_FALSE(begun) << object;
    EXPECT_EQ(begun.error().code, Errc::malformed);
    EXPECT_THAT(begun.error().detail, HasSubstr("does not end in a day"));
  }
}

TEST(ElasticCloudRules, OptionsThatCannotBeUsedAreRefused) {
  const auto refusal = [](const Options& options) {
    const auto begun = make_elastic_cloud_rules(options)->begin_object("instances/2026-06-01.json");
    if (begun) return std::string("taken");
    EXPECT_EQ(begun.error().code, Errc::bad_config);
    return begun.error().detail;
  };
  EXPECT_EQ(refusal(elastic_options()), "taken");
  for (const char* price : {"", "x", "-1", "1,5", "1 USD", "NaN"}) {
    Options options = elastic_options();
    options.ecu_price = price;
    EXPECT_THAT(refusal(options), HasSubstr("the price of an ECU, '" + std::string(price) + "'"));
  }
  for (const char* currency : {"", "usd", "ECU", "US Dollar"}) {
    Options options = elastic_options();
    options.billing_currency = currency;
    EXPECT_THAT(refusal(options), HasSubstr("is no code of ISO 4217"));
  }
  Options options = elastic_options();
  options.billing_account_id = "";
  EXPECT_EQ(refusal(options), "the organisation's id is not given");
}

TEST(ElasticCloudRules, TheShapeHasTheColumnsThatAreBound) {
  const auto rules = make_elastic_cloud_rules(elastic_options());
  EXPECT_TRUE(rules->bind(columns_of(rules->shape())));
  EXPECT_EQ(elastic_bill().without("kind").bind().error().detail, "there is no column kind");
}

struct SkuCase {
  std::string text;
  std::string told;  ///< host|region|configuration|memory|zones
};

std::string told_by(const elastic_cloud::Sku& sku) {
  std::string text;
  for (const Text part : {sku.host, sku.region, sku.configuration, sku.memory_mb, sku.zones})
    text += (text.empty() ? "" : "|") + (part.empty() ? "-" : std::string(part));
  return text;
}

TEST(ElasticCloudSku, OfADeploymentTellsWhereAndWhat) {
  const SkuCase cases[] = {
      {"aws.es.datahot.c6gd_us-east-1_4096_2", "AWS|us-east-1|aws.es.datahot.c6gd|4096|2"},
      {"Cloud-Enterprise_aws.es.datahot.i3_aws-eu-central-1_15360_3",
       "AWS|aws-eu-central-1|aws.es.datahot.i3|15360|3"},
      {"gcp.es.ml.n2.68x32x45_gcp-europe-west1_8192_1",
       "Google Cloud|gcp-europe-west1|gcp.es.ml.n2.68x32x45|8192|1"},
      {"azure.kibana.fsv2_azure-westeurope_1024_1",
       "Microsoft|azure-westeurope|azure.kibana.fsv2|1024|1"},
      {"aws.es.data_hot.c6gd_us-east-1_4096_2", "AWS|us-east-1|aws.es.data_hot.c6gd|4096|2"},
      {"aws.data-transfer-in", "AWS|-|-|-|-"},
      {"gcp.snapshot-api-1k", "Google Cloud|-|-|-|-"},
      {"global.synthetics-browser", "-|-|-|-|-"},
      {"aws.es.datahot.c6gd_us-east-1_4096", "AWS|-|-|-|-"},
      {"aws.es.datahot.c6gd_us-east-1_4096_x", "AWS|-|-|-|-"},
      {"aws.es.datahot.c6gd_us-east-1__2", "AWS|-|-|-|-"},
      {"aws.es.datahot.c6gd_US East_4096_2", "AWS|-|-|-|-"},
      {"aws.es.datahot.c6gd_us-east-1_04096_2", "AWS|-|-|-|-"},
      {"aws.es.datahot.c6gd_us-east-1_40960000000_2", "AWS|-|-|-|-"},
      {"aws_us-east-1_4096_2", "-|-|-|-|-"},
      {"aws", "-|-|-|-|-"},
      {"awsome.es_us-east-1_1_1", "-|-|-|-|-"},
      {"____", "-|-|-|-|-"},
      {"aws.___", "AWS|-|-|-|-"},
      {"Cloud-Enterprise_", "-|-|-|-|-"},
      {"", "-|-|-|-|-"},
  };
  for (const SkuCase& one : cases)
    EXPECT_EQ(told_by(elastic_cloud::read_deployment_sku(one.text)), one.told) << one.text;
}

TEST(ElasticCloudSku, OfAProjectMayTellTheRegion) {
  const SkuCase cases[] = {
      {"serverless.data-out", "-|-|-|-|-"},
      {"serverless.data-out_aws-us-east-1", "AWS|aws-us-east-1|-|-|-"},
      {"security.cloud-essentials_gcp-us-central1", "Google Cloud|gcp-us-central1|-|-|-"},
      {"serverless.vcu-search_us-east-1", "-|us-east-1|-|-|-"},
      {"serverless_us-east-1", "-|-|-|-|-"},
      {"serverless.data-out_", "-|-|-|-|-"},
      {"serverless.data-out_US East", "-|-|-|-|-"},
      {"", "-|-|-|-|-"},
  };
  for (const SkuCase& one : cases)
    EXPECT_EQ(told_by(elastic_cloud::read_project_sku(one.text)), one.told) << one.text;
}

TEST(ElasticCloudTables, AreWhole) {
  std::set<std::string_view> types;
  for (const auto& fields : table_lines(ingest_file("elastic-cloud/services.csv"))) {
    ASSERT_EQ(fields.size(), 5U);
    EXPECT_TRUE(types.insert(fields[0]).second) << fields[0];
    EXPECT_EQ(elastic_cloud::service_of(fields[0]).name, fields[1]);
  }
  EXPECT_TRUE(types.contains("deployment"));
  std::set<std::string_view> units;
  for (const auto& fields : table_lines(ingest_file("elastic-cloud/units.csv"))) {
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_TRUE(units.insert(fields[0]).second) << fields[0];
    EXPECT_EQ(elastic_cloud::unit_name(fields[0]), fields[1]);
  }
  EXPECT_TRUE(units.contains("hour"));
}

}  // namespace
}  // namespace billow::normalize
