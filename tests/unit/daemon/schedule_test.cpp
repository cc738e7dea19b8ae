#include "daemon/schedule.hpp"

#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, KeepsTheIntervalGiveOrTakeATenth) {
  Schedule schedule(1h);
  EXPECT_EQ(schedule.after_pass(true, 0), 54min);
  EXPECT_EQ(schedule.after_pass(true, 0.5), 60min);
  EXPECT_EQ(schedule.after_pass(true, 1), 66min);
}

TEST(Schedule, AsksAgainSoonAfterAFailureAndThenLessAndLessOften) {
  Schedule schedule(1h);
  EXPECT_EQ(schedule.after_pass(false, 0), 30s);
  EXPECT_EQ(schedule.after_pass(false, 0), 60s);
  EXPECT_EQ(schedule.after_pass(false, 1), 60s);  // half of 120 s
  for (int i = 0; i < 100; ++i) schedule.after_pass(false, 0);
  EXPECT_EQ(schedule.after_pass(false, 0), 1h);
  EXPECT_EQ(schedule.failures(), 104);
}

TEST(Schedule, ForgetsFailuresAfterAGoodPass) {
  Schedule schedule(1h);
  schedule.after_pass(false, 0);
  schedule.after_pass(false, 0);
  schedule.after_pass(true, 0.5);
  EXPECT_EQ(schedule.failures(), 0);
  EXPECT_EQ(schedule.after_pass(false, 0), 30s);
}

TEST(Schedule, BacksOffBeyondAShortInterval) {
  Schedule schedule(1s);
  EXPECT_EQ(schedule.after_pass(false, 0), 1s);
  for (int i = 0; i < 30; ++i) schedule.after_pass(false, 0);
  EXPECT_EQ(schedule.after_pass(false, 0), 5min);
}

TEST(Schedule, TriesADailyFeedHourlyHoweverLongItFails) {
  Schedule schedule(24h);
  for (int i = 0; i < 30; ++i) schedule.after_pass(false, 0);
  EXPECT_EQ(schedule.after_pass(false, 0), 1h);
  EXPECT_EQ(schedule.after_pass(true, 0.5), 24h);
}

TEST(Schedule, CountsTheIntervalFromTheEndOfAPassElsewhere) {
  Schedule schedule(1h);
  EXPECT_EQ(schedule.after_pass_elsewhere(true, 10min, 0.5), 50min);
  EXPECT_EQ(schedule.after_pass_elsewhere(true, 2h, 0.5), 0min);
}

TEST(Schedule, DoesNotWaitLongerBecauseAnothersClockIsAhead) {
  Schedule schedule(1h);
  EXPECT_EQ(schedule.after_pass_elsewhere(true, -24h, 0.5), 60min);
}

TEST(Schedule, BacksOffFromFailuresElsewhereAsFromItsOwn) {
  Schedule schedule(1h);
  schedule.after_pass(false, 0);
  EXPECT_EQ(schedule.after_pass_elsewhere(false, 10s, 0), 50s);
  EXPECT_EQ(schedule.failures(), 2);
}

}  // namespace
}  // namespace billow::daemon
