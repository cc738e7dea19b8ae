#include "base/decimal.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace billow {
namespace {

DecimalSum sum_of(std::initializer_list<std::string_view> texts) {
  DecimalSum sum;
  for (const std::string_view text : texts) sum.add(*Decimal::parse(text));
  return sum;
}

TEST(DecimalSum, DropsTrailingZerosButNoDigit) {
  EXPECT_EQ(sum_of({}).to_string(), "0");
  EXPECT_EQ(sum_of({"12.50"}).to_string(), "12.5");
  EXPECT_EQ(sum_of({"-3.000"}).to_string(), "-3");
  EXPECT_EQ(sum_of({"1200"}).to_string(), "1200");
  EXPECT_EQ(sum_of({"0.1", "0.2"}).to_string(), "0.3");
  EXPECT_EQ(sum_of({"0.000000000000000001"}).to_string(), "0.000000000000000001");
}

TEST(DecimalSum, AddsAMillionSmallAmountsExactly) {
  DecimalSum sum;
  const Decimal amount = *Decimal::parse("0.0000032");
  for (int i = 0; i < 1'000'000; ++i) sum.add(amount);
  EXPECT_EQ(sum.to_string(), "3.2");
}

TEST(DecimalSum, KeepsDigitsBehindTheEighteenth) {
  const auto sum = sum_of({"0.00000000000000000000000000000000000001", "1"});
  EXPECT_EQ(sum.to_string(), "1.00000000000000000000000000000000000001");
  EXPECT_FALSE(sum.is_zero());
}

TEST(DecimalSum, AddsProductsOfPricesAndQuantitiesExactly) {
  DecimalSum sum;
  const Decimal product = *Decimal::parse("-0.00000540001234567891");
  for (int i = 0; i < 1'000'000; ++i) sum.add(product);
  EXPECT_EQ(sum.to_string(), "-5.40001234567891");
  sum.add(*Decimal::parse("5.40001234567891"));
  EXPECT_TRUE(sum.is_zero());
  EXPECT_EQ(sum_of({"12345678901234567.123456789012345678901", "0.9"}).to_string(),
            "12345678901234568.023456789012345678901");
}

TEST(DecimalSum, AddsEveryScaleAsItsTextSays) {
  for (std::int32_t scale = 0; scale <= Decimal::scale_max; ++scale) {
    for (const Int128 coefficient :
         {Int128{7}, Int128{-123'456'789'012'345'678}, Int128{INT64_MAX} * INT64_MAX}) {
      const Decimal value{coefficient, scale};
      DecimalSum sum;
      DecimalSum by_text;
      for (int i = 0; i < 3; ++i) {
        sum.add(value);
        by_text.add(*DecimalSum::parse(value.to_string()));
      }
      ASSERT_EQ(sum.to_string(), by_text.to_string()) << scale;
      ASSERT_EQ(sum, by_text) << scale;
    }
  }
}

TEST(DecimalSum, NeverOverflows) {
  DecimalSum sum;
  const Decimal large = *Decimal::parse("9223372036854775807");
  for (int i = 0; i < 1000; ++i) sum.add(large);
  EXPECT_EQ(sum.to_string(), "9223372036854775807000");
  for (int i = 0; i < 1000; ++i) sum.add(-large);
  EXPECT_TRUE(sum.is_zero());
  EXPECT_EQ(
      sum_of({"99999999999999999999999999999999999999", "99999999999999999999999999999999999999"})
          .to_string(),
      "199999999999999999999999999999999999998");
}

TEST(DecimalSum, AddsAndSubtractsOtherSums) {
  DecimalSum sum = sum_of({"1.5", "1E-30"});
  sum.add(sum_of({"2.25"}));
  EXPECT_EQ(sum.to_string(), "3.750000000000000000000000000001");
  sum.subtract(sum_of({"3.75", "1E-30"}));
  EXPECT_TRUE(sum.is_zero());
  EXPECT_EQ(sum, DecimalSum{});
}

TEST(DecimalSum, SurvivesSumsAtTheEdgeOfItsFastPart) {
  DecimalSum near_edge;
  for (int i = 0; i < 18; ++i) near_edge.add(*Decimal::parse("9223372036854775807"));
  DecimalSum sum = near_edge;
  sum.add(near_edge);
  EXPECT_EQ(sum.to_string(), "332041393326771929052");
  sum.subtract(near_edge);
  sum.subtract(near_edge);
  sum.subtract(near_edge);
  sum.subtract(near_edge);
  EXPECT_EQ(sum.to_string(), "-332041393326771929052");
}

TEST(DecimalSum, IsEqualHoweverItCameAbout) {
  const DecimalSum fast = sum_of({"1.25"});
  const DecimalSum wide = DecimalSum::parse("1.25").value();
  EXPECT_EQ(fast, wide);
  EXPECT_FALSE(fast == sum_of({"1.26"}));
}

TEST(DecimalSum, RoundsHalfAwayFromZero) {
  EXPECT_EQ(sum_of({"12.5"}).to_string_rounded(2), "12.50");
  EXPECT_EQ(sum_of({"0.005"}).to_string_rounded(2), "0.01");
  EXPECT_EQ(sum_of({"-0.005"}).to_string_rounded(2), "-0.01");
  EXPECT_EQ(sum_of({"0.00499999999999999999"}).to_string_rounded(2), "0.00");
  EXPECT_EQ(sum_of({"-0.004"}).to_string_rounded(2), "0.00");
  EXPECT_EQ(sum_of({"999.999"}).to_string_rounded(2), "1000.00");
  EXPECT_EQ(sum_of({"1.5"}).to_string_rounded(0), "2");
  EXPECT_EQ(sum_of({"1.5"}).to_string_rounded(40), "1.5" + std::string(39, '0'));
}

TEST(DecimalSum, ReadsWhatItWrote) {
  std::mt19937 random(42);
  for (int i = 0; i < 2'000; ++i) {
    DecimalSum sum;
    for (std::uint32_t n = static_cast<std::uint32_t>(random()) % 20; n > 0; --n) {
      const auto coefficient =
          static_cast<std::int64_t>(random()) * static_cast<std::int32_t>(random());
      sum.add(Decimal{Int128{coefficient} * (random() % 3 == 0 ? 1'000'000'007 : 1),
                      static_cast<std::int32_t>(random() % 39)});
    }
    const auto copy = DecimalSum::parse(sum.to_string());
    ASSERT_TRUE(copy) << sum.to_string();
    ASSERT_EQ(*copy, sum);
    ASSERT_EQ(copy->to_string(), sum.to_string());
  }
}

TEST(DecimalSum, RefusesWhatIsNotAPlainDecimal) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1e5", "+1", " 1", "1.2.3", "NaN", "--1"}) {
    EXPECT_FALSE(DecimalSum::parse(text)) << '"' << text << '"';
  }
  EXPECT_FALSE(DecimalSum::parse("0." + std::string(38, '0') + "1"));
  EXPECT_EQ(DecimalSum::parse("0123.4500")->to_string(), "123.45");
}

TEST(DecimalSum, GivesTheNearestDouble) {
  EXPECT_EQ(sum_of({"0.1", "0.2"}).to_double(), 0.3);
  EXPECT_EQ(sum_of({"-1E-20"}).to_double(), -1e-20);
}

}  // namespace
}  // namespace billow
