#include "sync/period_change.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Coverage delta{DeliveryKind::delta, 0, 0};
constexpr Coverage window(std::int32_t first, std::int32_t end) {
  return {DeliveryKind::window, first, end};
}

/// No two of them state the same.
Slice slice(std::string id, std::int32_t day) {
  Slice made;
  made.totals.digest.value = std::hash<std::string>{}(id);
  made.id = std::move(id);
  made.key.day = day;
  made.totals.lines = 1;
  return made;
}

/// The record of a delivery that states these slices and is published over `before`.
DeliveryRecord after(const std::optional<DeliveryRecord>& before, std::string id,
                     const Coverage& coverage, const std::vector<Slice>& states,
                     std::uint64_t dead = 0) {
  DeliveryRecord record;
  record.delivery_id = std::move(id);
  record.coverage = coverage;
  record.token = before ? before->token + 2 : 1;
  normalize::Findings findings;
  findings.rows_dead = dead;
  for (const Slice& one : states) findings.slices[one.key] = one;
  const SlicePlan plan =
      plan_slices(visible_slices(before, {}, record.delivery_id, false), findings.slices, coverage);
  describe(record, findings, plan, before);
  return record;
}

std::vector<std::string> part_ids(const DeliveryRecord& record) {
  std::vector<std::string> ids;
  for (const Part& part : record.parts) ids.push_back(part.delivery_id);
  return ids;
}

TEST(PeriodChange, KnowsADeltaThatIsInAmongOthersAndWithoutLines) {
  const DeliveryRecord a = after(std::nullopt, "a", delta, {slice("a-1-1", 1)});
  const DeliveryRecord b = after(a, "b", delta, {});
  const DeliveryRecord c = after(b, "c", delta, {slice("c-5-1", 1)});
  for (const char* id : {"a", "b", "c"}) EXPECT_TRUE(is_in(c, id, delta)) << id;
  EXPECT_FALSE(is_in(c, "d", delta));
  EXPECT_THAT(slice_ids(c.slices), ElementsAre("a-1-1", "c-5-1"));
}

TEST(PeriodChange, KnowsAWindowOnlyWhileItIsTheLast) {
  const DeliveryRecord a = after(std::nullopt, "a", window(1, 5), {slice("a-1-1", 1)});
  EXPECT_TRUE(is_in(a, "a", window(1, 5)));
  EXPECT_FALSE(is_in(after(a, "b", window(5, 9), {}), "a", window(1, 5)));
}

TEST(PeriodChange, AfterAChangeOfRulesReplacesOnlyWhatTheDeliveryStates) {
  DeliveryRecord old = after(std::nullopt, "a", delta, {slice("a-1-1", 1)});
  old = after(old, "b", delta, {slice("b-3-1", 1)});
  old.schema = schema_version - 1;
  for (Part& part : old.parts) part.schema = old.schema;
  EXPECT_FALSE(is_in(old, "a", delta));
  const DeliveryRecord again = after(old, "a", delta, {slice("a-5-1", 1)});
  EXPECT_THAT(slice_ids(again.slices), ElementsAre("a-5-1", "b-3-1"));
  EXPECT_THAT(slice_ids(again.replaced), ElementsAre("a-1-1"));
  EXPECT_TRUE(is_in(again, "a", delta));
  EXPECT_FALSE(is_in(again, "b", delta));
  EXPECT_THAT(part_ids(again), ElementsAre("b", "a"));
  const DeliveryRecord third = after(again, "c", delta, {slice("c-7-1", 1)});
  EXPECT_THAT(slice_ids(third.slices), ElementsAre("a-5-1", "b-3-1", "c-7-1"));

  old = after(std::nullopt, "w", window(1, 3), {slice("w-1-1", 1), slice("w-1-2", 2)});
  old.schema = old.parts[0].schema = schema_version - 1;
  EXPECT_FALSE(is_in(old, "w", window(1, 3)));
  const DeliveryRecord next = after(old, "x", window(2, 4), {slice("x-3-2", 2)});
  EXPECT_THAT(slice_ids(next.slices), ElementsAre("w-1-1", "x-3-2"));
  // The 1st is still as the old rules made it, and the 2nd is not.
  const auto visible = visible_slices(next, {}, "y", false);
  EXPECT_FALSE(visible.at(0).comparable);
  EXPECT_TRUE(visible.at(1).comparable);
}

TEST(PeriodChange, ComparesNothingWhenForced) {
  const DeliveryRecord a = after(std::nullopt, "a", window(1, 3), {slice("a-1-1", 1)});
  EXPECT_TRUE(may_stay(visible_slices(a, {}, "b", false), window(1, 3)));
  EXPECT_FALSE(may_stay(visible_slices(a, {}, "b", true), window(1, 3)));
  EXPECT_FALSE(may_stay(visible_slices(a, {}, "b", false), window(3, 5)));
  EXPECT_FALSE(may_stay(visible_slices(a, {}, "b", false), delta));
}

TEST(PeriodChange, TakesAFullDeliveryAsTheFirstPartOfWhatFollowsIt) {
  const DeliveryRecord all =
      after(std::nullopt, "f", Coverage(), {slice("f-1-1", 1), slice("f-1-2", 2)});
  EXPECT_THAT(all.parts, IsEmpty());
  const DeliveryRecord next = after(all, "w", window(2, 3), {slice("w-3-2", 2)});
  ASSERT_THAT(part_ids(next), ElementsAre("f", "w"));
  EXPECT_THAT(next.parts[0].slice_ids, ElementsAre("f-1-1"));
  EXPECT_THAT(next.parts[1].slice_ids, ElementsAre("w-3-2"));
  EXPECT_THAT(after(next, "g", Coverage(), {slice("g-5-1", 1)}).parts, IsEmpty());
}

TEST(PeriodChange, RefusesAWindowWithoutDaysOrWithChargesOfOthers) {
  EXPECT_EQ(check_days(window(3, 3)).error().code, Errc::bad_config);
  EXPECT_TRUE(check_days(window(3, 4)));
  EXPECT_TRUE(check_days(delta));
  const std::map<SliceKey, Slice> found = {{{20609, false}, slice("n", 20609)}};
  EXPECT_TRUE(check_charges(window(20605, 20610), found));
  EXPECT_TRUE(check_charges(delta, found));
  const auto refused = check_charges(window(20605, 20609), found);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("the days 2026-06-01 to 2026-06-04, and 1 of its "
                                                "charges begin on 2026-06-05"));
}

TEST(PeriodChange, RefusesToAddToWhatNoRecordDescribes) {
  EXPECT_FALSE(check_base(delta, false, {"a"}));
  EXPECT_FALSE(check_base(window(1, 2), false, {"a"}));
  EXPECT_TRUE(check_base(Coverage(), false, {"a"}));
  EXPECT_TRUE(check_base(delta, true, {"a"}));
  EXPECT_TRUE(check_base(delta, false, {}));
}

TEST(PeriodChange, CountsTheRowsThatAreMissingInAllThatThePeriodIsMadeOf) {
  const DeliveryRecord a = after(std::nullopt, "a", delta, {}, 2);
  EXPECT_EQ(after(a, "b", delta, {}, 3).rows_missing(), 5U);
  const DeliveryRecord w = after(std::nullopt, "w", window(1, 5), {slice("w-1-1", 1)}, 2);
  EXPECT_EQ(after(w, "x", window(1, 3), {}).rows_missing(), 2U);
  EXPECT_EQ(after(w, "x", window(1, 5), {slice("x-3-1", 1)}, 1).rows_missing(), 1U);
}

TEST(PeriodChange, KeepsTheDeadLettersOfWhatStandsOrWaits) {
  const DeliveryRecord a = after(std::nullopt, "a", delta, {}, 2);
  const DeliveryRecord clean = after(a, "clean", delta, {});
  DeliveryRecord waiting = after(clean, "waiting", delta, {}, 1);
  waiting.state = DeliveryState::withheld;
  const DeliveryRecord b = after(clean, "b", delta, {});
  waiting.token = b.token - 1;
  EXPECT_THAT(deliveries_with_letters(b, {waiting}), ElementsAre("a", "b", "waiting"));
  EXPECT_FALSE(is_superseded(waiting, b));
  const DeliveryRecord itself = after(b, "waiting", delta, {});
  EXPECT_TRUE(is_superseded(waiting, itself));
  EXPECT_TRUE(is_superseded(waiting, after(itself, "c", delta, {})));
  const DeliveryRecord all = after(b, "f", Coverage(), {});
  EXPECT_THAT(deliveries_with_letters(all, {waiting}), ElementsAre("f"));
}

TEST(PeriodChange, ForgetsAWithheldWindowOnceItsDaysAreStatedAgain) {
  DeliveryRecord waiting;
  waiting.delivery_id = "waiting";
  waiting.coverage = window(1, 5);
  waiting.token = 1;
  EXPECT_FALSE(is_superseded(waiting, after(std::nullopt, "b", window(1, 5), {})));
  const DeliveryRecord first = after(std::nullopt, "a", window(9, 10), {});
  EXPECT_FALSE(is_superseded(waiting, after(first, "b", window(1, 4), {})));
  EXPECT_TRUE(is_superseded(waiting, after(first, "b", window(1, 6), {})));
}

}  // namespace
}  // namespace billow::sync
