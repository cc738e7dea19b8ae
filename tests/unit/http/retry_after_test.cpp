#include "http/retry_after.hpp"

#include <gtest/gtest.h>

namespace billow::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view sent = "Wed, 21 Oct 2026 07:28:00 GMT";

TEST(HttpDate, IsReadInTheFormOfTheStandardOnly) {
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), UnixSeconds{0});
  EXPECT_EQ(parse_http_date("Tue, 29 Feb 2028 23:59:59 GMT"), UnixSeconds{1'835'481'599});
  for (const char* text :
       {"", "now", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, xx Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(RetryAfter, CountsSeconds) {
  EXPECT_EQ(parse_retry_after("0", ""), 0s);
  EXPECT_EQ(parse_retry_after("5", ""), 5s);
  EXPECT_EQ(parse_retry_after("5", sent), 5s);
}

TEST(RetryAfter, HoldsATimeAgainstTheDateOfTheAnswer) {
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2026 07:28:30 GMT", sent), 30s);
  EXPECT_EQ(parse_retry_after("Thu, 22 Oct 2026 01:28:00 GMT", sent), 18h);
}

TEST(RetryAfter, NeverAsksForMoreThanADayOrForThePast) {
  EXPECT_EQ(parse_retry_after("86401", ""), 24h);
  EXPECT_EQ(parse_retry_after("99999999999999999999", ""), 24h);
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2037 07:28:00 GMT", sent), 24h);
  EXPECT_EQ(parse_retry_after("Tue, 20 Oct 2026 07:28:00 GMT", sent), 0s);
}

TEST(RetryAfter, SaysNothingWhenItCannotBeRead) {
  for (const char* text : {"", "soon", "-1", "-99999999999999999999", "5s", "5 ", "1.5"}) {
    EXPECT_EQ(parse_retry_after(text, sent), std::nullopt) << text;
  }
  EXPECT_EQ(parse_retry_after(sent, ""), std::nullopt);
}

}  // namespace
}  // namespace billow::http
