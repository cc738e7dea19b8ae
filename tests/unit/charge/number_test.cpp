#include "charge/number.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace billow {
namespace {

/// The least a caller has to offer as memory.
class Memory {
 public:
  char* take(std::size_t size) { return texts_.emplace_back(std::make_unique<char[]>(size)).get(); }

 private:
  std::vector<std::unique_ptr<char[]>> texts_;
};

std::string text_of(std::string_view written) {
  Memory memory;
  Number number;
  return read_number(written, memory, number) ? std::string(number.text) : "none";
}

TEST(Number, KeepsTheBillsOwnTextWhereItIsJson) {
  Memory memory;
  for (const char* written :
       {"0", "0.0", "12.50", "-0.10", "100", "0.42196393376848933953", "10.0000000000"}) {
    const std::string bill = written;
    Number number;
    ASSERT_TRUE(read_number(bill, memory, number)) << written;
    EXPECT_EQ(number.text.data(), bill.data()) << written;
    EXPECT_EQ(number.text, bill) << written;
    EXPECT_EQ(number.value, *Decimal::parse(bill)) << written;
  }
}

TEST(Number, WritesAnewWhatJsonDoesNotKnow) {
  EXPECT_EQ(text_of("1.234E-7"), "0.0000001234");
  EXPECT_EQ(text_of("3.45e-5"), "0.0000345");
  EXPECT_EQ(text_of("1E3"), "1000");
  EXPECT_EQ(text_of("+1.5"), "1.5");
  EXPECT_EQ(text_of(".5"), "0.5");
  EXPECT_EQ(text_of("-.5"), "-0.5");
  EXPECT_EQ(text_of("5."), "5");
  EXPECT_EQ(text_of("007"), "7");
  EXPECT_EQ(text_of("-007.10"), "-7.10");
  EXPECT_EQ(text_of("00"), "0");
  EXPECT_EQ(text_of("-0"), "0");
  EXPECT_EQ(text_of("-0.00"), "0.00");
  EXPECT_EQ(text_of("123456789012345E-20"), "0.00000123456789012345");
}

TEST(Number, RefusesEverythingElse) {
  for (const char* written : {"", "NULL", "abc", "1,000", "$5", "NaN", "1e", "--1", "1E-39"}) {
    EXPECT_EQ(text_of(written), "none") << written;
  }
}

TEST(Number, WritesAComputedDecimalWithEveryDigit) {
  Memory memory;
  const Number number =
      make_number(*multiply(*Decimal::parse("0.0464"), *Decimal::parse("24.50")), memory);
  EXPECT_EQ(number.text, "1.136800");
  EXPECT_EQ(number.value, *Decimal::parse("1.1368"));
  EXPECT_EQ(make_number(*Decimal::parse("-0.99999999999999999999999999999999999999"), memory).text,
            "-0.99999999999999999999999999999999999999");
}

}  // namespace
}  // namespace billow
