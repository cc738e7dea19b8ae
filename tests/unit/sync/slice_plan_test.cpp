#include "sync/slice_plan.hpp"

#include "sync/record.hpp"

#include <gtest/gtest.h>

namespace billow::sync {
namespace {

Slice slice(std::string id, std::int32_t day, std::string_view billed, std::uint64_t digest) {
  Slice made;
  made.id = std::move(id);
  made.key.day = day;
  made.totals.lines = 1;
  made.totals.digest.value = digest;
  CurrencyTotals& totals = made.totals.by_currency["USD"];
  totals.lines = 1;
  totals.sums[0].add(*Decimal::parse(billed));
  return made;
}

std::vector<VisibleSlice> seen(const std::vector<Slice>& slices) {
  std::vector<VisibleSlice> all;
  for (const Slice& one : slices) all.push_back({one, true, false});
  return all;
}

std::map<SliceKey, Slice> by_key(const std::vector<Slice>& slices) {
  std::map<SliceKey, Slice> all;
  for (const Slice& one : slices) all[one.key] = one;
  return all;
}

TEST(SlicePlan, KeepsASliceWithTheSameLinesUnderItsOldId) {
  const SlicePlan plan =
      plan_slices(seen({slice("old-1", 1, "1.50", 7)}), by_key({slice("new-1", 1, "1.5", 7)}));
  ASSERT_EQ(plan.kept.size(), 1U);
  EXPECT_EQ(plan.kept[0].id, "old-1");
  EXPECT_TRUE(plan.load.empty());
  EXPECT_TRUE(plan.withdrawn.empty());
}

TEST(SlicePlan, ReplacesASliceWhoseDigestDiffersThoughItsSumsDoNot) {
  const SlicePlan plan =
      plan_slices(seen({slice("old-1", 1, "1.5", 7)}), by_key({slice("new-1", 1, "1.5", 8)}));
  EXPECT_TRUE(plan.kept.empty());
  EXPECT_EQ(plan.load.size(), 1U);
  EXPECT_EQ(slice_ids(plan.withdrawn), std::vector<std::string>{"old-1"});
}

TEST(SlicePlan, ReplacesASliceWhoseSumDiffersThoughItsDigestDoesNot) {
  const SlicePlan plan =
      plan_slices(seen({slice("old-1", 1, "1.5", 7)}), by_key({slice("new-1", 1, "1.6", 7)}));
  EXPECT_EQ(plan.load.size(), 1U);
  EXPECT_EQ(plan.withdrawn.size(), 1U);
}

TEST(SlicePlan, KeepsOneOfTwoSlicesThatAreBothLikeWhatIsStated) {
  const SlicePlan plan = plan_slices(seen({slice("a", 1, "1", 1), slice("b", 1, "1", 1)}),
                                     by_key({slice("n", 1, "1", 1)}));
  EXPECT_EQ(slice_ids(plan.kept), std::vector<std::string>{"a"});
  EXPECT_EQ(slice_ids(plan.withdrawn), std::vector<std::string>{"b"});
  EXPECT_TRUE(plan.load.empty());
}

TEST(SlicePlan, LoadsAgainWhatOtherRulesMadeThoughItStatesTheSame) {
  std::vector<VisibleSlice> visible = seen({slice("a", 1, "1", 1)});
  visible[0].comparable = false;
  const SlicePlan plan = plan_slices(visible, by_key({slice("n", 1, "1", 1)}));
  EXPECT_EQ(slice_ids(plan.withdrawn), std::vector<std::string>{"a"});
  EXPECT_EQ(plan.load.size(), 1U);
}

TEST(SlicePlan, WithdrawsADayThatTheProviderNoLongerStates) {
  const SlicePlan plan = plan_slices(seen({slice("a", 1, "1", 1), slice("b", 2, "2", 2)}),
                                     by_key({slice("n", 1, "1", 1)}));
  EXPECT_EQ(plan.kept.size(), 1U);
  EXPECT_EQ(slice_ids(plan.withdrawn), std::vector<std::string>{"b"});
  EXPECT_TRUE(plan.load.empty());
}

TEST(SlicePlan, LoadsEverythingWhenNothingIsVisible) {
  const SlicePlan plan = plan_slices({}, by_key({slice("a", 1, "1", 1), slice("b", 2, "2", 2)}));
  EXPECT_EQ(plan.load.size(), 2U);
}

TEST(SlicePlan, TellsALongChargeOfADayFromTheChargesOfThatDay) {
  Slice tax = slice("tax", 1, "1", 1);
  tax.key.long_period = true;
  const SlicePlan plan = plan_slices(seen({slice("day", 1, "1", 1)}), by_key({tax}));
  EXPECT_EQ(plan.load.count(tax.key), 1U);
  EXPECT_EQ(slice_ids(plan.withdrawn), std::vector<std::string>{"day"});
}

TEST(SlicePlan, ReplacesASliceWhoseCurrencyChanged) {
  Slice euro = slice("n", 1, "1", 1);
  euro.totals.by_currency["EUR"] = euro.totals.by_currency["USD"];
  euro.totals.by_currency.erase("USD");
  EXPECT_EQ(plan_slices(seen({slice("o", 1, "1", 1)}), by_key({euro})).load.size(), 1U);
}

TEST(SlicePlan, LeavesDaysOutsideTheWindowAloneAndReplacesThoseInside) {
  const Coverage days{DeliveryKind::window, 2, 4};
  const SlicePlan plan = plan_slices(seen({slice("a", 1, "1", 1), slice("b", 2, "2", 2),
                                           slice("c", 3, "3", 3), slice("d", 4, "4", 4)}),
                                     by_key({slice("n", 2, "5", 5)}), days);
  EXPECT_EQ(slice_ids(plan.kept), (std::vector<std::string>{"a", "d"}));
  EXPECT_EQ(slice_ids(plan.withdrawn), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(plan.load.size(), 1U);
}

TEST(SlicePlan, AddsADeltaToWhatIsThereThoughItStatesTheSameLinesAgain) {
  const Coverage delta{DeliveryKind::delta, 0, 0};
  const SlicePlan plan =
      plan_slices(seen({slice("a", 1, "1", 1)}), by_key({slice("n", 1, "1", 1)}), delta);
  EXPECT_EQ(slice_ids(plan.kept), std::vector<std::string>{"a"});
  EXPECT_TRUE(plan.withdrawn.empty());
  EXPECT_EQ(plan.load.size(), 1U);
}

TEST(DeadSlices, AreThoseOfOlderTokensThatNobodySees) {
  EXPECT_EQ(dead_slices({"a-3-20260601", "b-3-20260602", "c-4-20260601", "d-5-20260601L"},
                        {"b-3-20260602"}, 5, ""),
            (std::vector<std::string>{"a-3-20260601", "c-4-20260601"}));
}

TEST(DeadSlices, LeaveAloneWhatAnotherDaemonLoadsUnderTheCurrentToken) {
  EXPECT_TRUE(dead_slices({"other-5-20260601"}, {}, 5, "mine-5").empty());
}

TEST(DeadSlices, IncludeThisRunsOwnLoadThatFailed) {
  EXPECT_EQ(dead_slices({"mine-5-20260601", "mine-55-20260601"}, {}, 5, "mine-5"),
            (std::vector<std::string>{"mine-5-20260601"}));
}

TEST(DeadSlices, NeverIncludeWhatIsVisible) {
  EXPECT_TRUE(dead_slices({"mine-5-20260601", "a-1-20260602"}, {"a-1-20260602", "mine-5-20260601"},
                          9, "mine-5")
                  .empty());
}

}  // namespace
}  // namespace billow::sync
