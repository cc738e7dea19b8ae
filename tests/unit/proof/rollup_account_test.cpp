#include "proof/rollup_account.hpp"

#include <gtest/gtest.h>

namespace billow::proof {
namespace {

using Totals = std::map<std::string, CurrencyTotals, std::less<>>;

std::string document(const std::string& billed, const std::string& lines = "3") {
  return R"({"x_SliceId":"s","BillingCurrency":"USD","BilledCost":)" + billed +
         R"(,"ContractedCost":1.5,"EffectiveCost":2,"ListCost":"-3.25","x_ChargeCount":)" + lines +
         "}";
}

TEST(RollupAccount, AddsDocumentsUpExactly) {
  Totals totals;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(add_rollup(totals, document("0.1")));
  EXPECT_TRUE(add_rollup(totals, document("1.5e-7")));
  ASSERT_EQ(totals.size(), 1U);
  EXPECT_EQ(totals["USD"].lines, 33U);
  EXPECT_EQ(totals["USD"].sums[0].to_string(), "1.00000015");
  EXPECT_EQ(totals["USD"].sums[3].to_string(), "-35.75");
}

TEST(RollupAccount, TakesWhatDoublesLeaveOfSumsThatCancelOutForNothing) {
  Totals totals;
  EXPECT_TRUE(add_rollup(totals, document("-1.2924697071141057e-26")));
  EXPECT_TRUE(totals["USD"].sums[0].is_zero());
}

TEST(RollupAccount, RefusesADocumentItCannotCount) {
  Totals totals;
  for (const char* odd : {"null", "\"x\"", "true", "1e300", "[1]"})
    EXPECT_FALSE(add_rollup(totals, document(odd))) << odd;
  for (const char* odd : {"null", "-1", "1.5"})
    EXPECT_FALSE(add_rollup(totals, document("1", odd))) << odd;
  EXPECT_FALSE(add_rollup(totals, R"({"BillingCurrency":"USD","x_ChargeCount":1})"));
  EXPECT_FALSE(add_rollup(totals, "no JSON"));
  EXPECT_TRUE(totals.empty());
}

}  // namespace
}  // namespace billow::proof
