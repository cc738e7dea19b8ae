#include "charge/coverage.hpp"

#include <gtest/gtest.h>

namespace billow {
namespace {

constexpr Coverage window(std::int32_t first, std::int32_t end) {
  return {DeliveryKind::window, first, end};
}
constexpr Coverage full{};
constexpr Coverage delta{DeliveryKind::delta, 0, 0};

Part part(std::string id, const Coverage& coverage, std::vector<std::string> slices) {
  Part made;
  made.delivery_id = std::move(id);
  made.schema = 1;
  made.coverage = coverage;
  made.rows_dead = 2;
  made.slice_ids = std::move(slices);
  return made;
}

TEST(Coverage, OfAWindowIsItsDays) {
  for (const bool long_period : {false, true}) {
    EXPECT_FALSE(window(2, 4).replaces({1, long_period}));
    EXPECT_TRUE(window(2, 4).replaces({2, long_period}));
    EXPECT_TRUE(window(2, 4).replaces({3, long_period}));
    EXPECT_FALSE(window(2, 4).replaces({4, long_period}));
    EXPECT_FALSE(window(2, 4).admits({4, long_period}));
  }
}

TEST(Coverage, OfADeltaIsNothingThoughItMayStateAnyDay) {
  EXPECT_FALSE(delta.replaces({1, false}));
  EXPECT_TRUE(delta.admits({1, false}));
  EXPECT_TRUE(full.replaces({1, false}));
}

TEST(Coverage, SupersedesWhatItStatesAsAWhole) {
  for (const Coverage& older : {full, window(2, 4), delta}) {
    EXPECT_TRUE(full.supersedes(older));
    EXPECT_FALSE(delta.supersedes(older));
  }
  EXPECT_TRUE(window(2, 4).supersedes(window(2, 4)));
  EXPECT_TRUE(window(1, 5).supersedes(window(2, 4)));
  EXPECT_FALSE(window(3, 5).supersedes(window(2, 4)));
  EXPECT_FALSE(window(1, 3).supersedes(window(2, 4)));
  EXPECT_FALSE(window(1, 5).supersedes(full));
  EXPECT_FALSE(window(1, 5).supersedes(delta));
}

TEST(RemainingParts, LoseTheDaysThatALaterWindowStates) {
  const auto left = [](const Coverage& later) {
    return remaining_parts({part("a", window(10, 20), {})}, later, {});
  };
  EXPECT_EQ(left(window(5, 10)).at(0).coverage, window(10, 20));
  EXPECT_EQ(left(window(5, 12)).at(0).coverage, window(12, 20));
  EXPECT_EQ(left(window(15, 25)).at(0).coverage, window(10, 15));
  EXPECT_EQ(left(window(20, 25)).at(0).coverage, window(10, 20));
  EXPECT_EQ(left(window(12, 15)).at(0).coverage, window(10, 20));
  EXPECT_TRUE(left(window(10, 20)).empty());
  EXPECT_TRUE(left(window(9, 21)).empty());
  EXPECT_TRUE(left(full).empty());
  EXPECT_EQ(left(delta).at(0).coverage, window(10, 20));
}

TEST(RemainingParts, StayWhileOneOfTheirSlicesIsVisible) {
  const auto parts = remaining_parts({part("a", window(10, 12), {"a-1-10", "a-1-11"})},
                                     window(10, 12), {"a-1-11"});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].slice_ids, std::vector<std::string>{"a-1-11"});
  EXPECT_FALSE(parts[0].stands());
}

TEST(RemainingParts, KeepADeltaWithoutLines) {
  EXPECT_EQ(remaining_parts({part("a", delta, {})}, delta, {}).size(), 1U);
  EXPECT_EQ(remaining_parts({part("a", delta, {})}, window(1, 2), {}).size(), 1U);
}

TEST(CoverageJson, IsReadAsItWasWritten) {
  const std::vector<Part> parts = {part("a", window(10, 12), {"a-1-10"}), part("b", delta, {})};
  for (const Coverage& coverage : {window(-3, 20605), delta}) {
    rapidjson::StringBuffer buffer;
    JsonWriter out(buffer);
    out.StartObject();
    write_coverage(out, coverage, parts);
    out.EndObject();
    rapidjson::Document document;
    document.Parse(buffer.GetString());
    bool ok = true;
    const JsonReader in(document, ok);
    EXPECT_EQ(read_coverage(in), coverage);
    EXPECT_EQ(read_parts(in), parts);
    EXPECT_TRUE(ok);
  }
}

TEST(CoverageJson, IsAbsentWhereADeliveryStatesAllOfItsPeriod) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_coverage(out, full, {});
  out.EndObject();
  EXPECT_STREQ(buffer.GetString(), "{}");
  rapidjson::Document document;
  document.Parse("{}");
  bool ok = true;
  EXPECT_EQ(read_coverage({document, ok}), full);
  EXPECT_TRUE(read_parts({document, ok}).empty());
  EXPECT_TRUE(ok);
  document.Parse(R"({"Coverage":{"Kind":"hourly"}})");
  read_coverage({document, ok});
  EXPECT_FALSE(ok);
}

}  // namespace
}  // namespace billow
