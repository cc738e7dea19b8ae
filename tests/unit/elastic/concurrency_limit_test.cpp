#include "elastic/concurrency_limit.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t body_bytes = 5'000'000;

void clean(ConcurrencyLimit& limit, int answers, milliseconds latency = milliseconds{100}) {
  for (int i = 0; i < answers; ++i) limit.on_clean(latency, body_bytes);
}

TEST(ConcurrencyLimit, HalvesToOneInAStormOfThrottling) {
  ConcurrencyLimit limit(16);
  for (const std::size_t expected : {8u, 4u, 2u, 1u, 1u, 1u}) {
    limit.on_throttled();
    EXPECT_EQ(limit.limit(), expected);
  }
}

TEST(ConcurrencyLimit, GrowsByOneAfterARunOfCleanAnswers) {
  ConcurrencyLimit limit(4);
  limit.on_throttled();
  limit.on_throttled();
  ASSERT_EQ(limit.limit(), 1u);
  clean(limit, ConcurrencyLimit::clean_run - 1);
  EXPECT_EQ(limit.limit(), 1u);
  clean(limit, 1);
  EXPECT_EQ(limit.limit(), 2u);
  clean(limit, 20 * ConcurrencyLimit::clean_run);
  EXPECT_EQ(limit.limit(), 4u);
}

TEST(ConcurrencyLimit, StartsTheRunAgainAfterAThrottledAnswer) {
  ConcurrencyLimit limit(2);
  limit.on_throttled();
  clean(limit, ConcurrencyLimit::clean_run - 1);
  limit.on_throttled();
  clean(limit, ConcurrencyLimit::clean_run - 1);
  EXPECT_EQ(limit.limit(), 1u);
}

TEST(ConcurrencyLimit, NeverFallsToZero) { EXPECT_EQ(ConcurrencyLimit(0).limit(), 1u); }

TEST(ConcurrencyLimit, HalvesWhenAnswersTakeMuchLongerThanUsual) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  clean(limit, ConcurrencyLimit::clean_run, milliseconds{1000});
  EXPECT_EQ(limit.limit(), 4u);
}

TEST(ConcurrencyLimit, HalvesOnceInARunWhileAnswersAreSlow) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  clean(limit, 1, milliseconds{10'000});
  ASSERT_EQ(limit.limit(), 4u);
  clean(limit, ConcurrencyLimit::clean_run - 1, milliseconds{10'000});
  EXPECT_EQ(limit.limit(), 4u);
  clean(limit, 1, milliseconds{10'000});
  EXPECT_EQ(limit.limit(), 2u);
}

TEST(ConcurrencyLimit, GrowsBackWhenAnswersAreAsQuickAsBefore) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  clean(limit, ConcurrencyLimit::clean_run, milliseconds{1000});
  ASSERT_EQ(limit.limit(), 4u);
  clean(limit, 8 * ConcurrencyLimit::clean_run);
  EXPECT_EQ(limit.limit(), 8u);
}

TEST(ConcurrencyLimit, TakesAClusterThatStaysSlowAsUsual) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  clean(limit, 128, milliseconds{1000});
  EXPECT_EQ(limit.limit(), 8u);
}

TEST(ConcurrencyLimit, BearsAnswersThatTakeTwiceAsLong) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  clean(limit, 64, milliseconds{200});
  EXPECT_EQ(limit.limit(), 8u);
}

TEST(ConcurrencyLimit, BearsOneSlowAnswerAmongQuickOnes) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  clean(limit, 1, milliseconds{800});
  clean(limit, 64);
  EXPECT_EQ(limit.limit(), 8u);
}

TEST(ConcurrencyLimit, MeasuresAnswersByTheSizeOfTheirRequests) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  for (int i = 0; i < 64; ++i) limit.on_clean(milliseconds{1000}, 10 * body_bytes);
  EXPECT_EQ(limit.limit(), 8u);
}

TEST(ConcurrencyLimit, LearnsNothingOfTheTimeThatSmallRequestsTake) {
  ConcurrencyLimit limit(8);
  clean(limit, 64);
  for (int i = 0; i < 64; ++i)
    limit.on_clean(milliseconds{100}, ConcurrencyLimit::telling_bytes - 1);
  EXPECT_EQ(limit.limit(), 8u);
}

}  // namespace
}  // namespace billow::elastic
