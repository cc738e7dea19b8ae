#include "base/decimal_divide.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>

#include <random>

namespace billow {
namespace {

Decimal number(std::string_view text) { return *Decimal::parse(text); }

std::string quotient(std::string_view a, std::string_view b, int digits = 20) {
  const auto result = divide_rounded(number(a), number(b), digits);
  return result ? result->to_string() : "none";
}

TEST(DecimalDivide, IsExactWhereTheQuotientEnds) {
  EXPECT_EQ(quotient("21.6", "720"), "0.03");
  EXPECT_EQ(quotient("1000", "1"), "1000");
  EXPECT_EQ(quotient("0.042499999999999", "0.5"), "0.084999999999998");
  EXPECT_EQ(quotient("0.0960000000", "1.0000000000"), "0.096");
  EXPECT_EQ(quotient("100", "0.001"), "100000");
  EXPECT_EQ(quotient("0", "3"), "0");
  EXPECT_EQ(quotient("1", "3.2"), "0.3125");
}

TEST(DecimalDivide, KeepsMoreDigitsThanAskedForWhereTheyEnd) {
  EXPECT_EQ(quotient("1", "1073741824"), "0.000000000931322574615478515625");  // 2^-30: 21 digits
  EXPECT_EQ(quotient("1", "8", 2), "0.125");
  EXPECT_EQ(quotient("123456789012345678901234567890", "1"), "123456789012345678901234567890");
}

TEST(DecimalDivide, RoundsWhatDoesNotEnd) {
  EXPECT_EQ(quotient("0.00000012", "0.0072"), "0.000016666666666666666667");
  EXPECT_EQ(quotient("1", "3"), "0.33333333333333333333");
  EXPECT_EQ(quotient("2", "3"), "0.66666666666666666667");
  EXPECT_EQ(quotient("10", "3", 1), "3");
  EXPECT_EQ(quotient("20", "3", 3), "6.67");
  EXPECT_EQ(quotient("299", "3", 2),
            "100");  // 99.67 needs a third digit before the point after rounding
  EXPECT_EQ(quotient("2000000", "3", 2), "670000");
}

TEST(DecimalDivide, RoundsWhatEndsBeyondAllDigitsToo) {
  // 2^-60 has 42 significant digits.
  EXPECT_EQ(quotient("1000000000000000000000", "1152921504606846976"), "867.36173798840354721");
  // 39 digits fit into 128 bits, but not into a decimal: 25.6 GiB in GB as a quantity.
  EXPECT_EQ(quotient("45.1234567891", "27.4877906944"), "1.6415817950146447401");
}

TEST(DecimalDivide, KeepsSigns) {
  EXPECT_EQ(quotient("-1", "4"), "-0.25");
  EXPECT_EQ(quotient("1", "-4"), "-0.25");
  EXPECT_EQ(quotient("-1", "-3", 3), "0.333");
}

TEST(DecimalDivide, DoesNotDivideByZeroOrBeyondWhatADecimalHolds) {
  EXPECT_EQ(quotient("1", "0"), "none");
  EXPECT_EQ(quotient("0", "0"), "none");
  EXPECT_EQ(quotient("1e37", "1e-38"), "none");
  EXPECT_FALSE(divide_rounded(number("1"), number("3"), 0));
  EXPECT_FALSE(divide_rounded(number("1"), number("3"), 39));
}

TEST(DecimalDivide, RoundsToTheThirtyEighthDecimalWhereThatComesFirst) {
  EXPECT_EQ(quotient("0.0000000001", "3000000000"), "0.00000000000000000003333333333333333333");
  EXPECT_EQ(quotient("1e-38", "3"), "0");
  EXPECT_EQ(quotient("2e-38", "3"), "0.00000000000000000000000000000000000001");
}

TEST(DecimalDivide, WorksAtTheWidestOperands) {
  const std::string nines(38, '9');
  EXPECT_EQ(quotient(nines, nines), "1");
  EXPECT_EQ(quotient("1", nines, 5), "0.00000000000000000000000000000000000001");
  EXPECT_EQ(quotient(nines, "7", 38), "14285714285714285714285714285714285714");
  EXPECT_EQ(quotient(nines, "0.7", 38), "none");
}

TEST(DecimalDivide, IsWithinHalfAUnitOfTheLastDigit) {
  using boost::multiprecision::cpp_int;
  std::mt19937_64 random(20260601);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal a{static_cast<Int128>(random() >> (random() % 60)) + 1,
                    static_cast<std::int32_t>(random() % 19)};
    const Decimal b{static_cast<Int128>(random() >> (random() % 60)) + 1,
                    static_cast<std::int32_t>(random() % 19)};
    const auto q = divide_rounded(a, b, 20);
    ASSERT_TRUE(q);
    // q * b - a in units of 10^-(scale of q + scale of b), against b/2 units of q's last digit.
    cpp_int left = cpp_int(q->coefficient) * cpp_int(b.coefficient);
    cpp_int right = cpp_int(a.coefficient);
    for (int s = a.scale; s < q->scale + b.scale; ++s) right *= 10;
    for (int s = q->scale + b.scale; s < a.scale; ++s) left *= 10;
    cpp_int unit = cpp_int(b.coefficient);
    for (int s = q->scale + b.scale; s < a.scale; ++s) unit *= 10;
    // A number of more than 20 digits before the point ends with zeros that are not significant.
    for (cpp_int whole = cpp_int(q->coefficient) / pow(cpp_int(10), 20); whole != 0; whole /= 10)
      unit *= 10;
    // Zeros at the end of 20 digits were taken off: the last digit stands further behind.
    std::int32_t scale = q->scale;
    for (cpp_int c = q->coefficient; c < pow(cpp_int(10), 19) && scale < Decimal::scale_max;
         c *= 10, ++scale) {
      left *= 10;
      right *= 10;
    }
    ASSERT_LE(abs(left - right) * 2, unit)
        << a.to_string() << " / " << b.to_string() << " = " << q->to_string();
  }
}

}  // namespace
}  // namespace billow
