#include "fetch/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace billow::fetch {
namespace {

using namespace std::chrono_literals;

RetryPolicy policy(int attempts_max) {
  RetryPolicy out;
  out.attempts_max = attempts_max;
  out.first = 100ms;
  out.cap = 1000ms;
  return out;
}

TEST(Backoff, AllowsOnePauseLessThanTries) {
  Backoff backoff(policy(3), 1);
  EXPECT_TRUE(backoff.next());
  EXPECT_TRUE(backoff.next());
  EXPECT_FALSE(backoff.next());
  EXPECT_FALSE(backoff.next());
  EXPECT_FALSE(Backoff(policy(1), 1).next());
}

TEST(Backoff, DoublesItsBoundUpToTheCap) {
  std::chrono::milliseconds longest[6] = {};
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Backoff backoff(policy(7), seed);
    for (auto& pause : longest) pause = std::max(pause, *backoff.next());
  }
  const std::chrono::milliseconds bounds[6] = {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms};
  for (int i = 0; i < 6; ++i) {
    EXPECT_LE(longest[i], bounds[i]);
    EXPECT_GT(longest[i], bounds[i] * 9 / 10) << "the whole range is used";
  }
}

TEST(Backoff, DrawsDifferentPauses) {
  std::set<std::int64_t> pauses;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    pauses.insert(Backoff(policy(2), seed).next()->count());
  EXPECT_GT(pauses.size(), 30U);
}

TEST(Backoff, WaitsAsLongAsItIsAskedToButNotLonger) {
  EXPECT_GE(*Backoff(policy(2), 1).next(700ms), 700ms);
  EXPECT_EQ(*Backoff(policy(2), 1).next(std::chrono::hours(1)), 1000ms);
}

TEST(Backoff, StartsAnewAfterProgress) {
  Backoff backoff(policy(2), 1);
  EXPECT_TRUE(backoff.next());
  backoff.reset();
  EXPECT_TRUE(backoff.next());
  EXPECT_FALSE(backoff.next());
}

TEST(Backoff, SurvivesCountsThatWouldOverflow) {
  Backoff backoff(policy(1000), 1);
  for (int i = 0; i < 999; ++i) EXPECT_LE(*backoff.next(), 1000ms);
}

TEST(Pace, JudgesWhatCameInAWindowOfWaiting) {
  RetryPolicy patience = policy(3);
  patience.window = 10s;
  patience.window_bytes_min = 1000;
  Pace pace(patience);
  EXPECT_FALSE(pace.is_too_slow(9s, 1)) << "the window has not ended";
  EXPECT_FALSE(pace.is_too_slow(1s, 999)) << "enough came";
  EXPECT_FALSE(pace.is_too_slow(9s, 998));
  EXPECT_TRUE(pace.is_too_slow(1s, 1));
  EXPECT_EQ(pace.slow_windows(), 1);
  EXPECT_TRUE(pace.is_too_slow(30s, 999)) << "however long one wait was";
  EXPECT_EQ(pace.slow_windows(), 2);
  EXPECT_FALSE(pace.is_too_slow(1s, 1'000'000));
  EXPECT_EQ(pace.slow_windows(), 2) << "so far";
  EXPECT_FALSE(pace.is_too_slow(9s, 0));
  EXPECT_EQ(pace.slow_windows(), 0);
}

}  // namespace
}  // namespace billow::fetch
