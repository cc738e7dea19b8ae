#include "daemon/outage_notice.hpp"

#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;

constexpr OutageNotice::TimePoint begin{};

TEST(OutageNotice, IsGivenAtTheBeginningAndThenOnceInAWhile) {
  OutageNotice notice(60s);
  EXPECT_TRUE(notice.is_due(begin));
  EXPECT_FALSE(notice.is_due(begin + 2s));
  EXPECT_FALSE(notice.is_due(begin + 59s));
  EXPECT_TRUE(notice.is_due(begin + 61s));
  EXPECT_FALSE(notice.is_due(begin + 119s));
  EXPECT_TRUE(notice.is_due(begin + 121s));
}

TEST(OutageNotice, IsGivenAtOnceOfTheNextOutage) {
  OutageNotice notice(60s);
  EXPECT_TRUE(notice.is_due(begin));
  notice.end();
  EXPECT_TRUE(notice.is_due(begin + 1s));
}

}  // namespace
}  // namespace billow::daemon
