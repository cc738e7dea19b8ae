#include "proof/history.hpp"

#include <gtest/gtest.h>

namespace billow::proof {
namespace {

Slice slice_of(std::int32_t day, const std::string& cost, const std::string& currency = "USD") {
  Slice slice;
  slice.id = "s" + std::to_string(day) + cost;
  slice.key.day = day;
  slice.totals.lines = 1;
  slice.totals.digest.value = static_cast<Uint128>(day) * 100 + cost.size();
  CurrencyTotals& totals = slice.totals.by_currency[currency];
  totals.lines = 1;
  totals.sums.fill(DecimalSum::parse(cost).value());
  return slice;
}

audit::StoredRecord stored(std::uint64_t sequence, const std::string& period,
                           std::vector<Slice> slices) {
  audit::Record record;
  record.at = "2026-07-01T00:00:00Z";
  record.feed = "aws";
  record.kind = "aws/cur2";
  record.period = period;
  record.token = sequence;
  record.slices = std::move(slices);
  audit::seal(record, sequence, std::string(audit::no_hash));
  return {sequence, 1, record.to_json()};
}

std::string billed(const audit::Movement& movement) {
  return movement.currency + " " + std::to_string(movement.lines) + " " +
         movement.sums[0].to_string();
}

TEST(History, SaysByHowMuchEachPublishMovedAPeriod) {
  History history({});
  history.take(stored(1, "2026-05", {slice_of(1, "10")}));
  history.take(stored(2, "2026-06", {slice_of(31, "1"), slice_of(32, "2")}));
  history.take(stored(3, "2026-06", {slice_of(31, "1"), slice_of(32, "0.5")}));
  history.take(stored(4, "2026-06", {slice_of(31, "7", "EUR")}));
  ASSERT_EQ(history.events().size(), 4U);
  EXPECT_EQ(billed(history.events()[1].moved.at(0)), "USD 2 3");
  EXPECT_EQ(billed(history.events()[2].moved.at(0)), "USD 0 -1.5");
  EXPECT_EQ(history.events()[2].totals.by_currency.at("USD").sums[0].to_string(), "1.5");
  EXPECT_EQ(billed(history.events()[3].moved.at(0)), "EUR 1 7");
  EXPECT_EQ(billed(history.events()[3].moved.at(1)), "USD -2 -1.5");
  EXPECT_EQ(history.events()[3].slices, 1U);
  EXPECT_TRUE(history.events()[3].sound);
}

TEST(History, OfADayHoldsOnlyThePublishesThatChangedIt) {
  History history(31);
  history.take(stored(1, "2026-06", {slice_of(31, "1"), slice_of(32, "2")}));
  history.take(stored(2, "2026-06", {slice_of(31, "1"), slice_of(32, "9")}));
  Slice same_sum = slice_of(31, "1");
  same_sum.totals.digest.value += 1;
  history.take(stored(3, "2026-06", {same_sum}));
  history.take(stored(4, "2026-06", {}));
  ASSERT_EQ(history.events().size(), 3U);
  EXPECT_EQ(history.events()[1].record.sequence, 3U);
  EXPECT_EQ(billed(history.events()[1].moved.at(0)), "USD 0 0");
  EXPECT_EQ(billed(history.events()[2].moved.at(0)), "USD -1 -1");
}

TEST(History, SaysWhichRecordsAreNotAsTheyWereWritten) {
  History history({});
  audit::StoredRecord altered = stored(1, "2026-06", {slice_of(31, "1")});
  altered.source.replace(altered.source.find("aws/cur2"), 8, "aws/curX");
  history.take(altered);
  audit::StoredRecord moved = stored(2, "2026-06", {slice_of(31, "1")});
  moved.place = 3;
  history.take(moved);
  history.take({4, 1, "{}"});
  ASSERT_EQ(history.events().size(), 2U);
  EXPECT_FALSE(history.events()[0].sound);
  EXPECT_FALSE(history.events()[1].sound);
  EXPECT_EQ(history.unreadable(), std::vector<std::uint64_t>{4});
}

}  // namespace
}  // namespace billow::proof
