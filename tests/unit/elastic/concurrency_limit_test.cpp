#include "elastic/concurrency_limit.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

void clean(ConcurrencyLimit& limit, int answers) {
  for (int i = 0; i < answers; ++i) limit.on_clean();
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

}  // namespace
}  // namespace billow::elastic
