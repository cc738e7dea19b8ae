#include "base/decimal.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <random>
#include <string>
#include <vector>

namespace billow {
namespace {

using boost::multiprecision::cpp_int;

constexpr std::string_view nines38 = "99999999999999999999999999999999999999";

std::string read(std::string_view text) {
  const auto value = Decimal::parse(text);
  return value ? value->to_string() : "none";
}

/// The digits of a decimal as one big integer with 80 digits after the point, by other means than
/// ours.
cpp_int reference(const std::string& text) {
  std::string digits;
  std::size_t places = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.') {
      point = true;
    } else if (c != '-') {
      digits += c;
      places += point ? 1 : 0;
    }
  }
  digits.append(80 - places, '0');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const cpp_int value(digits);
  return text.front() == '-' ? cpp_int(-value) : value;
}

/// A plain number of up to `digits_max` digits; small ones, zeros and trailing zeros are frequent.
std::string random_number(std::mt19937& random, int digits_max) {
  const int digits = std::uniform_int_distribution<int>(1, digits_max)(random);
  const int places = std::uniform_int_distribution<int>(0, digits)(random);
  std::string text = random() % 2 == 0 ? "-" : "";
  if (places == digits) text += "0";
  for (int i = 0; i < digits; ++i) {
    if (i == digits - places && places > 0) text += '.';
    text += random() % 3 == 0 ? '0' : static_cast<char>('0' + random() % 10);
  }
  return text;
}

TEST(Decimal, KeepsEveryDigitItReads) {
  EXPECT_EQ(read("12.50"), "12.50");
  EXPECT_EQ(read("0.0000000000"), "0.0000000000");
  EXPECT_EQ(read("-0.10"), "-0.10");
  EXPECT_EQ(read("0.42196393376848933953"), "0.42196393376848933953");
  EXPECT_EQ(read(nines38), nines38);
  EXPECT_EQ(read("-0.99999999999999999999999999999999999999"),
            "-0.99999999999999999999999999999999999999");
  EXPECT_EQ(read("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(read("18446744073709551616"), "18446744073709551616");
  EXPECT_EQ(read("100000000000000000000000000000000000.05"),
            "100000000000000000000000000000000000.05");
}

TEST(Decimal, ReadsExponentsAndTheLooseFormsOfExports) {
  EXPECT_EQ(read("1E-7"), "0.0000001");
  EXPECT_EQ(read("3.45e-05"), "0.0000345");
  EXPECT_EQ(read("1.5E+3"), "1500");
  EXPECT_EQ(read("1.50E1"), "15.0");
  EXPECT_EQ(read("1E37"), "1" + std::string(37, '0'));
  EXPECT_EQ(read("1E-38"), "0." + std::string(37, '0') + "1");
  EXPECT_EQ(read("+4"), "4");
  EXPECT_EQ(read(".5"), "0.5");
  EXPECT_EQ(read("5."), "5");
  EXPECT_EQ(read("007"), "7");
  EXPECT_EQ(read("0000000000000000000000000000000000000000000001.5"), "1.5");
}

TEST(Decimal, ReadsEveryZeroAsZeroWithoutASign) {
  EXPECT_EQ(read("-0"), "0");
  EXPECT_EQ(read("-0.00"), "0.00");
  EXPECT_EQ(read("0E-10"), "0.0000000000");
  EXPECT_EQ(read("0E999999999999"), "0");
  EXPECT_TRUE(Decimal::parse("0E-9999").value().is_zero());
}

TEST(Decimal, ReadsPlainAmountsTheShortWayToo) {
  for (const char* text : {"0", "0.0", "12.50", "-0.10", "100", "0.12345678901234567",
                           "999999999999999999", "-999999999.999999999", "10.0000000000"}) {
    Decimal value;
    ASSERT_TRUE(Decimal::parse_plain(text, value)) << text;
    EXPECT_EQ(value.to_string(), text);
  }
  for (const char* text : {"",
                           "-",
                           ".",
                           "-.",
                           "+1",
                           ".5",
                           "5.",
                           "-.5",
                           "00",
                           "007",
                           "-007.1",
                           "-0",
                           "-0.00",
                           "1e3",
                           "1.2.3",
                           "1 ",
                           " 1",
                           "1,5",
                           "0x10",
                           "--1",
                           "12345678e",
                           "0.12345678e",
                           "1234567890123456789",
                           "0.1234567890123456789"}) {
    Decimal value;
    EXPECT_FALSE(Decimal::parse_plain(text, value)) << text;
  }
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_number(random, 20);
    Decimal value;
    if (!Decimal::parse_plain(text, value)) continue;
    EXPECT_EQ(value.to_string(), text);
    EXPECT_EQ(value, *Decimal::parse(text));
  }
}

TEST(Decimal, WritesNumbersOfEveryLengthAtEveryScale) {
  for (std::size_t length = 1; length <= Decimal::digits_max; ++length) {
    const std::string nines(length, '9');
    const std::string round = '1' + std::string(length - 1, '0');
    for (const std::string& digits :
         {nines, round, std::string("1234567890123456789012345678901234567890")}) {
      const std::string coefficient = digits.substr(0, length);
      for (int scale = 0; scale <= Decimal::scale_max; ++scale) {
        const auto places = static_cast<std::size_t>(scale);
        std::string expected = coefficient;
        if (length <= places) expected.insert(0, places + 1 - length, '0');
        if (places > 0) expected.insert(expected.size() - places, 1, '.');
        Decimal value = *Decimal::parse(coefficient);
        value.scale = scale;
        ASSERT_EQ(value.to_string(), expected);
        ASSERT_EQ((-value).to_string(), '-' + expected);
      }
    }
  }
  EXPECT_EQ((Decimal{0, 0}).to_string(), "0");
  EXPECT_EQ((Decimal{0, 38}).to_string(), "0." + std::string(38, '0'));
}

TEST(Decimal, RefusesWhatIsNotANumber) {
  for (const char* text : {"",
                           "-",
                           "+",
                           ".",
                           "-.",
                           "e5",
                           "1e",
                           "1e+",
                           "1e-",
                           "1e5.0",
                           "1.2.3",
                           "1,5",
                           " 1",
                           "1 ",
                           "$1",
                           "NaN",
                           "Infinity",
                           "--1",
                           "0x10",
                           "1_000",
                           "1e5e5",
                           "\xC2\xA0"
                           "1"}) {
    EXPECT_EQ(read(text), "none") << '"' << text << '"';
  }
  EXPECT_EQ(read(std::string_view("1\0", 2)), "none");
}

TEST(Decimal, RefusesWhatItCannotHoldExactly) {
  EXPECT_EQ(read(std::string(nines38) + "0"), "none");
  EXPECT_EQ(read("1E38"), "none");
  EXPECT_EQ(read("10E37"), "none");
  EXPECT_EQ(read("1E-39"), "none");
  EXPECT_EQ(read("1E99999999999999999999"), "none");
  EXPECT_EQ(read("0." + std::string(38, '0') + "1"), "none");
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(*Decimal::parse("1.0"), *Decimal::parse("1.00"));
  EXPECT_EQ(*Decimal::parse("0"), *Decimal::parse("0.000"));
  EXPECT_NE(*Decimal::parse("1.0"), *Decimal::parse("10"));
  EXPECT_NE(*Decimal::parse("0.1"), *Decimal::parse("-0.1"));
}

TEST(Decimal, NormalizesOnlyBehindThePoint) {
  EXPECT_EQ(Decimal::parse("1500.00")->normalized().to_string(), "1500");
  EXPECT_EQ(Decimal::parse("-0.0500")->normalized().to_string(), "-0.05");
  EXPECT_EQ(Decimal::parse("0.000")->normalized().to_string(), "0");
}

TEST(Decimal, AddsWhereverTheExactSumFits) {
  const auto sum = [](std::string_view a, std::string_view b) {
    const auto result = add(*Decimal::parse(a), *Decimal::parse(b));
    return result ? result->to_string() : "none";
  };
  EXPECT_EQ(sum("0.1", "0.20"), "0.30");
  EXPECT_EQ(sum("1", "-1.00"), "0.00");
  EXPECT_EQ(sum(nines38, "1"), "none");
  EXPECT_EQ(sum(nines38, "-1"), "99999999999999999999999999999999999998");
  EXPECT_EQ(sum("9999999999999999999999999999999999999.5", "0.5"),
            "10000000000000000000000000000000000000");
  EXPECT_EQ(sum("1E37", "1E-38"), "none");
}

TEST(Decimal, MultipliesWhereverTheExactProductFits) {
  const auto product = [](std::string_view a, std::string_view b) {
    const auto result = multiply(*Decimal::parse(a), *Decimal::parse(b));
    return result ? result->to_string() : "none";
  };
  EXPECT_EQ(product("0.0000032", "1000000"), "3.2000000");
  EXPECT_EQ(product("-9223372036854775808", "-9223372036854775808"),
            "85070591730234615865843651857942052864");
  EXPECT_EQ(product("1E-20", "1E-20"), "none");
  EXPECT_EQ(product("0.00000000000000000010", "0.10000000000000000000"),
            "0.00000000000000000001000000000000000000");
  EXPECT_EQ(product("1E20", "1E20"), "none");
  EXPECT_EQ(product("0", nines38), "0");
}

TEST(Decimal, AgreesWithBigIntegersOnRandomNumbers) {
  std::mt19937 random(20260601);
  const cpp_int unit = boost::multiprecision::pow(cpp_int(10), 80);
  for (int i = 0; i < 20'000; ++i) {
    const std::string x = random_number(random, 38);
    const std::string y = random_number(random, i % 2 == 0 ? 38 : 12);
    const auto a = Decimal::parse(x);
    const auto b = Decimal::parse(y);
    ASSERT_TRUE(a && b) << x << ' ' << y;
    ASSERT_EQ(reference(a->to_string()), reference(x)) << x;
    ASSERT_EQ(a->scale, static_cast<int>(x.find('.') == x.npos ? 0 : x.size() - x.find('.') - 1))
        << x;
    if (const auto sum = add(*a, *b)) {
      ASSERT_EQ(reference(sum->to_string()), reference(x) + reference(y)) << x << ' ' << y;
    }
    if (const auto product = multiply(*a, *b)) {
      ASSERT_EQ(reference(product->to_string()) * unit, reference(x) * reference(y))
          << x << ' ' << y;
    }
    ASSERT_EQ(*a == *b, reference(x) == reference(y)) << x << ' ' << y;
  }
}

TEST(Decimal, GivesTheNearestDouble) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_number(random, i % 2 == 0 ? 38 : 15);
    double expected = 0;
    std::from_chars(text.data(), text.data() + text.size(), expected);
    ASSERT_EQ(Decimal::parse(text)->to_double(), expected) << text;
  }
}

}  // namespace
}  // namespace billow
