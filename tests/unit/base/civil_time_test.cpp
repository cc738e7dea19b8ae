#include "base/civil_time.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

namespace billow {
namespace {

constexpr UnixSeconds june_first = 1'780'272'000;  // 2026-06-01T00:00:00Z

TEST(CivilTime, ReadsTheFormsOfBills) {
  for (const char* text :
       {"2026-06-01", "2026-06-01T00:00:00Z", "2026-06-01 00:00:00", "2026-06-01T00:00:00.000Z",
        "2026-06-01 00:00:00 UTC", "2026-06-01T02:00:00+02:00", "2026-05-31T19:30:00-04:30",
        "2026-06-01 00:00:00.999999 UTC", "2026-06-01T00:00:00"}) {
    EXPECT_EQ(parse_time(text), june_first) << text;
  }
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1);
  EXPECT_EQ(parse_time("2024-02-29T12:34:56Z"), 1'709'210'096);
}

TEST(CivilTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026",
                           "2026-06",
                           "2026-6-1",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-02-29",
                           "2026-06-31",
                           "2026-06-00",
                           "2026-06-01T",
                           "2026-06-01T00:00",
                           "2026-06-01T24:00:00Z",
                           "2026-06-01T00:60:00Z",
                           "2026-06-01T00:00:60Z",
                           "2026-06-01T00:00:00.Z",
                           "2026-06-01T00:00:00ZZ",
                           "2026-06-01T00:00:00+0200",
                           "2026-06-01T00:00:00+02:0",
                           "2026-06-01T00:00:00 CET",
                           "2026/06/01",
                           "06/01/2026",
                           " 2026-06-01",
                           "2026-06-01Z",
                           "NULL"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(CivilTime, RefusesAYearThatFourDigitsCannotWrite) {
  for (const char* text : {"0000-01-01T00:00:00+05:00", "0000-01-01T00:00:59+00:01",
                           "9999-12-31T23:00:00-05:00", "9999-12-31T23:59:00-00:01"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_time("0000-01-01T05:00:00+05:00"), parse_time("0000-01-01"));
  EXPECT_EQ(parse_time("9999-12-31T18:59:59-05:00"), parse_time("9999-12-31T23:59:59Z"));
}

TEST(CivilTime, WritesAllItsForms) {
  const UnixSeconds time = june_first + 3 * 3600 + 4 * 60 + 5;
  EXPECT_EQ(format_time(time), "2026-06-01T03:04:05Z");
  EXPECT_EQ(format_date(time), "2026-06-01");
  EXPECT_EQ(format_compact_date(time), "20260601");
  EXPECT_EQ(format_compact_time(time), "20260601T030405Z");
  EXPECT_EQ(month_of(time), "2026-06");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(format_time(parse_time("9999-12-31T23:59:59Z").value()), "9999-12-31T23:59:59Z");
}

TEST(CivilTime, StaysWithinFourDigitsOfYear) {
  EXPECT_EQ(format_time(INT64_MAX), "9999-12-31T23:59:59Z");
  EXPECT_EQ(format_time(INT64_MIN), "0000-01-01T00:00:00Z");
}

TEST(CivilTime, AgreesWithTheCLibrary) {
  for (UnixSeconds time = -5'000'000'000; time < 10'000'000'000; time += 86'399 * 61) {
    const std::time_t value = time;
    std::tm parts{};
    gmtime_r(&value, &parts);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    ASSERT_EQ(format_time(time), std::string(text, size));
    ASSERT_EQ(parse_time(format_time(time)), time);
  }
}

TEST(CivilTime, KnowsMonths) {
  EXPECT_EQ(parse_month("2026-06"), june_first);
  for (const char* text : {"", "2026", "2026-6", "2026-13", "2026-00", "2026-06-01", "202606"}) {
    EXPECT_EQ(parse_month(text), std::nullopt) << text;
  }
  EXPECT_EQ(format_date(next_month(june_first)), "2026-07-01");
  EXPECT_EQ(format_date(next_month(june_first + 86'400 * 29)), "2026-07-01");
  EXPECT_EQ(format_date(next_month(parse_time("2026-12-31T23:59:59Z").value())), "2027-01-01");
}

}  // namespace
}  // namespace billow
