#include "aws_bill.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::normalize {
namespace {

TEST(AwsCur2, OrdinaryUsageIsOneCharge) {
  const Columns c = cur2_bill().charge();
  const Columns expected = {
      {"AvailabilityZone", "us-east-1a"},
      {"BilledCost", "0.1920000000"},
      {"BillingAccountId", "012345678901"},
      {"BillingAccountName", "Acme Payer"},
      {"BillingAccountType", "AWS Payer Account"},
      {"BillingCurrency", "USD"},
      {"BillingPeriodEnd", "2026-07-01T00:00:00Z"},
      {"BillingPeriodStart", "2026-06-01T00:00:00Z"},
      {"ChargeCategory", "Usage"},
      {"ChargeDescription", "$0.096 per m5.large hour"},
      {"ChargeFrequency", "Usage-Based"},
      {"ChargePeriodEnd", "2026-06-03T02:00:00Z"},
      {"ChargePeriodStart", "2026-06-03T00:00:00Z"},
      {"ConsumedQuantity", "2.0"},
      {"ConsumedUnit", "Hours"},
      {"ContractedCost", "0.1920000000"},
      {"ContractedUnitPrice", "0.0960000000"},
      {"EffectiveCost", "0.1920000000"},
      {"HostProviderName", "AWS"},
      {"InvoiceIssuerName", "Amazon Web Services, Inc."},
      {"ListCost", "0.192"},
      {"ListUnitPrice", "0.0960000000"},
      {"PricingCategory", "Standard"},
      {"PricingCurrency", "USD"},
      {"PricingCurrencyContractedUnitPrice", "0.0960000000"},
      {"PricingCurrencyEffectiveCost", "0.1920000000"},
      {"PricingCurrencyListUnitPrice", "0.0960000000"},
      {"PricingQuantity", "2.0"},
      {"PricingUnit", "Hours"},
      {"RegionId", "us-east-1"},
      {"RegionName", "US East (N. Virginia)"},
      {"ResourceId", "i-0a1b2c3d"},
      {"ResourceName", "web-1"},
      {"ResourceType", "ec2 instance"},
      {"ServiceCategory", "Compute"},
      {"ServiceName", "Amazon Elastic Compute Cloud"},
      {"ServiceProviderName", "AWS"},
      {"ServiceSubcategory", "Virtual Machines"},
      {"SkuId", "SKU1"},
      {"SkuMeter", "BoxUsage:m5.large"},
      {"SkuPriceId", "SKU1.TERM.RATE"},
      {"SubAccountId", "000000000042"},
      {"SubAccountName", "data"},
      {"SubAccountType", "AWS Account"},
      {"tag:name", "web-1"},
      {"tag:team", "shop"},
      {"x_BillType", "Anniversary"},
      {"x_LegalEntity", "Amazon Web Services, Inc."},
      {"x_LineItemId", "line-1"},
      {"x_LineItemType", "Usage"},
      {"x_Operation", "RunInstances"},
      {"x_ServiceCode", "AmazonEC2"},
      {"x_UnblendedCost", "0.1920000000"},
      {"x_UsageType", "BoxUsage:m5.large"},
  };
  EXPECT_THAT(c, testing::ContainerEq(expected));
}

}  // namespace
}  // namespace billow::normalize
