#include "elastic/retry.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using namespace std::chrono_literals;

RetryPolicy policy() {
  RetryPolicy made;
  made.delay_base = 500ms;
  made.delay_cap = 30s;
  return made;
}

TEST(Retry, DrawsFromAWindowThatDoublesUpToTheCap) {
  EXPECT_EQ(retry_delay(policy(), 1, 1.0, std::nullopt), 500ms);
  EXPECT_EQ(retry_delay(policy(), 2, 1.0, std::nullopt), 1s);
  EXPECT_EQ(retry_delay(policy(), 4, 1.0, std::nullopt), 4s);
  EXPECT_EQ(retry_delay(policy(), 7, 1.0, std::nullopt), 30s);
  EXPECT_EQ(retry_delay(policy(), 1'000'000, 1.0, std::nullopt), 30s);
}

TEST(Retry, UsesTheWholeWindow) {
  EXPECT_EQ(retry_delay(policy(), 3, 0.0, std::nullopt), 0ms);
  EXPECT_EQ(retry_delay(policy(), 3, 0.25, std::nullopt), 500ms);
}

TEST(Retry, WaitsAtLeastAsLongAsTheServerAsks) {
  EXPECT_EQ(retry_delay(policy(), 1, 0.0, 5s), 5s);
  EXPECT_EQ(retry_delay(policy(), 1, 1.0, 5s), 5'500ms);
}

TEST(Retry, BoundsWhatAnAnswerAsksFor) {
  http::Response busy;
  EXPECT_EQ(retry_after_of(busy), std::nullopt);
  busy.headers.emplace_back("retry-after", "5");
  EXPECT_EQ(retry_after_of(busy), 5s);
  busy.headers.back().second = "86400";
  EXPECT_EQ(retry_after_of(busy), retry_after_max);
}

TEST(Retry, HonoursATimeToComeBack) {
  http::Response busy;
  busy.headers.emplace_back("date", "Wed, 21 Oct 2026 07:28:00 GMT");
  busy.headers.emplace_back("retry-after", "Wed, 21 Oct 2026 07:28:09 GMT");
  EXPECT_EQ(retry_after_of(busy), 9s);
}

TEST(Retry, EndsAfterTheAllowedTriesOrNever) {
  RetryPolicy three = policy();
  three.attempts_max = 3;
  EXPECT_TRUE(may_repeat(three, 2));
  EXPECT_FALSE(may_repeat(three, 3));
  three.attempts_max = 0;
  EXPECT_TRUE(may_repeat(three, 1'000'000));
}

TEST(Retry, DrawsFromTheGivenSourceOrBetweenZeroAndOne) {
  RetryPolicy given = policy();
  given.jitter = [] { return 0.75; };
  EXPECT_EQ(draw_jitter(given), 0.75);
  for (int i = 0; i < 100; ++i) {
    const double draw = draw_jitter(policy());
    EXPECT_GE(draw, 0.0);
    EXPECT_LE(draw, 1.0);
  }
}

}  // namespace
}  // namespace billow::elastic
