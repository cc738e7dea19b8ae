#include "charge/control_totals.hpp"

#include "base/civil_time.hpp"

#include <gtest/gtest.h>

namespace billow {
namespace {

TEST(Digest, IsThirtyTwoHexadecimalDigitsBothWays) {
  EXPECT_EQ(Digest{}.to_string(), std::string(32, '0'));
  Digest digest;
  digest.add(Uint128{0x0123456789abcdefU} << 64 | 0xfedcba9876543210U);
  EXPECT_EQ(digest.to_string(), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(Digest::parse(digest.to_string()), digest);
  EXPECT_EQ(Digest::parse("0123456789abcdeffedcba987654321"), Digest{});
  EXPECT_EQ(Digest::parse("0123456789ABCDEFFEDCBA9876543210"), Digest{});
}

TEST(Digest, DoesNotDependOnTheOrderOfLinesButOnTheirNumber) {
  const Uint128 a = ~Uint128{0} - 5;
  const Uint128 b = 77;
  Digest ab, ba, aab;
  for (const Uint128 hash : {a, b}) ab.add(hash);
  for (const Uint128 hash : {b, a}) ba.add(hash);
  for (const Uint128 hash : {a, a, b}) aab.add(hash);
  EXPECT_EQ(ab, ba);
  EXPECT_FALSE(ab == aab);
}

TEST(ControlTotals, AddByCurrencyAndCost) {
  ControlTotals a;
  a.lines = 2;
  a.by_currency["USD"].lines = 2;
  a.by_currency["USD"].sums[0].add(*Decimal::parse("1.5"));
  a.by_currency["USD"].negatives[0].add(*Decimal::parse("-0.5"));
  a.digest.add(1);
  ControlTotals b;
  b.lines = 2;
  b.by_currency["USD"].lines = 1;
  b.by_currency["USD"].sums[0].add(*Decimal::parse("0.0000000001"));
  b.by_currency["EUR"].lines = 1;
  b.by_currency["EUR"].sums[3].add(*Decimal::parse("7"));
  b.digest.add(2);
  a.add(b);
  EXPECT_EQ(a.lines, 4u);
  EXPECT_EQ(a.by_currency["USD"].lines, 3u);
  EXPECT_EQ(a.by_currency["USD"].sums[0].to_string(), "1.5000000001");
  EXPECT_EQ(a.by_currency["USD"].negatives[0].to_string(), "-0.5");
  EXPECT_EQ(a.by_currency["EUR"].sums[3].to_string(), "7");
  EXPECT_EQ(a.digest.value, Uint128{3});
}

TEST(SliceKey, NamesItsDayAndItsKind) {
  const auto day = static_cast<std::int32_t>(*parse_time("2026-06-01") / seconds_per_day);
  EXPECT_EQ((SliceKey{day, false}).to_string(), "2026-06-01");
  EXPECT_EQ((SliceKey{day, true}).to_string(), "2026-06-01-long");
  EXPECT_LT((SliceKey{day, false}), (SliceKey{day, true}));
  EXPECT_LT((SliceKey{day, true}), (SliceKey{day + 1, false}));
}

}  // namespace
}  // namespace billow
