#include "rollup/period_rollups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::rollup {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

elastic::Visible showing(std::vector<std::string> slices) {
  elastic::Visible visible;
  visible.index = "billow-daily-aws-2026-v1";
  visible.alias = "billow-daily";
  visible.slice_ids = std::move(slices);
  return visible;
}

TEST(PeriodRollups, ShowWhatIsPublishedBesideOtherPeriods) {
  const auto next =
      shown_by(showing({"june-1", "june-2", "may-1"}), true, {"june-1", "june-3"}, {"may-1"});
  EXPECT_THAT(next.slice_ids, ElementsAre("june-1", "june-3", "may-1"));
  EXPECT_EQ(next.alias, "billow-daily");
}

TEST(PeriodRollups, ShowTheFirstStatement) {
  EXPECT_THAT(shown_by(showing({}), true, {"b", "a"}, {}).slice_ids, ElementsAre("a", "b"));
}

TEST(PeriodRollups, ShowNothingOfOtherPeriodsThatTheyDoNotHave) {
  EXPECT_THAT(shown_by(showing({}), true, {"june-1"}, {"may-1"}).slice_ids, ElementsAre("june-1"));
}

TEST(PeriodRollups, DropWhatIsNoLongerAmongTheCharges) {
  EXPECT_THAT(
      shown_by(showing({"lost-1", "lost-2", "may-1"}), true, {"june-1"}, {"may-1"}).slice_ids,
      ElementsAre("june-1", "may-1"));
  EXPECT_TRUE(shown_by(showing({"lost-1"}), false, {"june-1"}, {"may-1"}).removed);
}

TEST(PeriodRollups, AnOlderGenerationHandsItsPeriodOver) {
  EXPECT_THAT(shown_by(showing({"june-1", "may-1"}), false, {"june-1"}, {"may-1"}).slice_ids,
              ElementsAre("may-1"));
  EXPECT_FALSE(shown_by(showing({"june-1", "may-1"}), false, {}, {"may-1"}).removed);
  const auto last = shown_by(showing({"june-1"}), false, {"june-2"}, {"may-1"});
  EXPECT_THAT(last.slice_ids, IsEmpty());
  EXPECT_TRUE(last.removed);
}

TEST(PeriodRollups, AWithdrawnPeriodShowsNothing) {
  EXPECT_FALSE(shown_by(showing({"june-1"}), true, {}, {}).removed);
  EXPECT_THAT(shown_by(showing({"june-1", "may-1"}), true, {}, {"may-1"}).slice_ids,
              ElementsAre("may-1"));
}

}  // namespace
}  // namespace billow::rollup
