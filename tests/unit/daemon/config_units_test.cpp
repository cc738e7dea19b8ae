#include "daemon/config_units.hpp"

#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Durations, ReadUnitsAndSumsOfThem) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("15m"), 15min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Durations, RefuseEverythingElse) {
  for (const char* text : {"", "15", "m", "15 m", "15min", "-1h", "1.5h", "1h1h", "30m1h", "1h30",
                           "15M", "99999999999s", "99999999999999999999s", " 1h", "1h "})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Durations, AreWrittenTheShortestWay) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(25h), "1d1h");
  EXPECT_EQ(format_duration(1500ms), "1s500ms");
}

TEST(Sizes, ReadBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_size("512KiB"), 512U * 1024);
  EXPECT_EQ(parse_size("5MiB"), 5U * 1024 * 1024);
  EXPECT_EQ(parse_size("5 MiB"), 5U * 1024 * 1024);
  EXPECT_EQ(parse_size("5MB"), 5'000'000U);
  EXPECT_EQ(parse_size("7B"), 7U);
}

TEST(Sizes, RefuseEverythingElse) {
  for (const char* text : {"", "5", "MiB", "5mib", "-5MiB", "1.5MiB", "5MiBs", "99999999999GiB"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(Sizes, AreShownForPeople) {
  EXPECT_EQ(format_size(1), "1 byte");
  EXPECT_EQ(format_size(1000), "1000 bytes");
  EXPECT_EQ(format_size(5U << 20), "5 MiB");
  EXPECT_EQ(format_size(1'300'000), "1.2 MiB");
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  const std::vector<std::string> words = {"location", "export", "every", "since", "ca_file"};
  EXPECT_EQ(nearest("locaton", words), "location");
  EXPECT_EQ(nearest("exprot", words), "export");
  EXPECT_EQ(nearest("evry", words), "every");
  EXPECT_EQ(nearest("CA-File", words), "ca_file");
  EXPECT_EQ(nearest("frequency", words), "");
  EXPECT_EQ(nearest("id", {"kind"}), "");
}

TEST(Either, JoinsWordsAsAPersonWould) {
  EXPECT_EQ(either({"a"}), "a");
  EXPECT_EQ(either({"a", "b"}), "a or b");
  EXPECT_EQ(either({"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace billow::daemon
