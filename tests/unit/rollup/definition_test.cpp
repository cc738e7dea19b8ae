#include "rollup/definition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace billow::rollup {
namespace {

using ::testing::HasSubstr;

/// A definition out of pieces, so that a test can change one of them.
struct Pieces {
  std::string meta = R"({"version":3})";
  std::string source = R"({"index":["billow-charges-*"]})";
  std::map<std::string, std::string> groups = {
      {"1", R"("x_SliceId":{"terms":{"field":"x_SliceId"}})"},
      {"2", R"("x_FeedId":{"terms":{"field":"x_FeedId"}})"},
      {"3", R"("BillingPeriodStart":{"date_histogram":{"field":"BillingPeriodStart",)"
            R"("calendar_interval":"1M"}})"},
      {"4", R"("BillingCurrency":{"terms":{"field":"BillingCurrency","missing_bucket":true}})"}};
  std::map<std::string, std::string> measures = {
      {"1", R"("BilledCost":{"sum":{"field":"BilledCost"}})"},
      {"2", R"("ContractedCost":{"sum":{"field":"ContractedCost"}})"},
      {"3", R"("EffectiveCost":{"sum":{"field":"EffectiveCost"}})"},
      {"4", R"("ListCost":{"sum":{"field":"ListCost"}})"},
      {"5", R"("x_ChargeCount":{"value_count":{"field":"x_SliceId"}})"}};

  static std::string joined(const std::map<std::string, std::string>& members) {
    std::string text;
    for (const auto& [place, member] : members) text += (text.empty() ? "" : ",") + member;
    return "{" + text + "}";
  }
  std::string json() const {
    return R"({"_meta":)" + meta + R"(,"source":)" + source + R"(,"pivot":{"group_by":)" +
           joined(groups) + R"(,"aggregations":)" + joined(measures) + "}}";
  }
};

std::string fault(const std::function<void(Pieces&)>& change) {
  Pieces pieces;
  change(pieces);
  const auto definition = parse_definition("x", pieces.json());
  return definition ? "" : definition.error().detail;
}

TEST(Definition, ReadsGroupsAndMeasuresInTheirOrder) {
  const auto definition = parse_definition("x", Pieces().json());
  ASSERT_TRUE(definition) << definition.error().detail;
  EXPECT_EQ(definition->version, 3);
  ASSERT_EQ(definition->groups.size(), 4u);
  EXPECT_EQ(definition->groups[0].field, "x_SliceId");
  EXPECT_FALSE(definition->groups[0].missing_bucket);
  EXPECT_EQ(definition->groups[2].interval, "1M");
  EXPECT_TRUE(definition->groups[3].missing_bucket);
  ASSERT_EQ(definition->measures.size(), 5u);
  EXPECT_TRUE(definition->measures[4].counts);
}

TEST(Definition, RefusesWhatCouldAddUpWhatDoesNotBelongTogether) {
  EXPECT_THAT(fault([](Pieces& p) { p.groups.erase("4"); }), HasSubstr("BillingCurrency"));
  EXPECT_THAT(fault([](Pieces& p) { p.groups.erase("2"); }), HasSubstr("x_FeedId"));
  EXPECT_THAT(fault([](Pieces& p) { std::swap(p.groups["1"], p.groups["2"]); }),
              HasSubstr("first group"));
  const std::string quantity = R"("ConsumedQuantity":{"sum":{"field":"ConsumedQuantity"}})";
  EXPECT_THAT(fault([&](Pieces& p) { p.measures["6"] = quantity; }), HasSubstr("ConsumedUnit"));
  EXPECT_EQ(fault([&](Pieces& p) {
              p.measures["6"] = quantity;
              p.groups["5"] =
                  R"("ConsumedUnit":{"terms":{"field":"ConsumedUnit","missing_bucket":true}})";
            }),
            "");
}

TEST(Definition, RefusesWhatCouldNotBeCheckedAgainstTheCharges) {
  EXPECT_THAT(fault([](Pieces& p) { p.measures.erase("3"); }), HasSubstr("EffectiveCost"));
  EXPECT_THAT(fault([](Pieces& p) { p.measures.erase("5"); }), HasSubstr("x_ChargeCount"));
  EXPECT_THAT(
      fault([](Pieces& p) { p.measures["1"] = R"("BilledCost":{"sum":{"field":"Other"}})"; }),
      HasSubstr("BilledCost"));
  EXPECT_THAT(fault([](Pieces& p) { p.source = R"({"query":{"match_all":{}}})"; }),
              HasSubstr("source.query"));
  EXPECT_THAT(fault([](Pieces& p) { p.meta = "{}"; }), HasSubstr("version"));
}

TEST(Definition, RefusesWhatTheRunnersCannotDo) {
  EXPECT_THAT(fault([](Pieces& p) { p.measures["6"] = R"("a":{"avg":{"field":"b"}})"; }),
              HasSubstr("'a'"));
  EXPECT_THAT(fault([](Pieces& p) { p.groups["5"] = R"("g":{"histogram":{"field":"b"}})"; }),
              HasSubstr("'g'"));
  EXPECT_THAT(fault([](Pieces& p) { p.groups["5"] = R"("g":{"date_histogram":{"field":"b"}})"; }),
              HasSubstr("interval"));
  EXPECT_THAT(parse_definition("x", "{").error().detail, HasSubstr("transforms/x.json"));
}

TEST(Definition, TheShippedOnesAreSound) {
  const auto shipped = shipped_definitions({"env", "team"});
  ASSERT_TRUE(shipped) << shipped.error().detail;
  std::vector<std::string> names;
  for (const Definition& definition : *shipped) names.push_back(definition.name);
  EXPECT_THAT(names, ::testing::ElementsAre("commitments", "daily", "monthly", "usage"));
}

TEST(Definition, OnlyTheRollupsThatTakeTagsGroupByThem) {
  const auto plain = shipped_definitions({}).value();
  const auto tagged = shipped_definitions({"env", "team"}).value();
  EXPECT_EQ(tagged[1].groups.size(), plain[1].groups.size() + 2);
  EXPECT_EQ(tagged[1].groups.back().field, "Tags.team");
  EXPECT_NE(tagged[1].generation(), plain[1].generation());
  EXPECT_NE(tagged[1].generation(), shipped_definitions({"env"}).value()[1].generation());
  EXPECT_EQ(tagged[2].generation(), plain[2].generation());
}

TEST(Definition, KnowsTheIndicesOfItsFeedAndYear) {
  Definition daily;
  daily.name = "daily";
  daily.version = 2;
  EXPECT_EQ(daily.index("aws", "2026"), "billow-daily-aws-2026-v2");
  EXPECT_TRUE(daily.owns("billow-daily-aws-2026-v1", "aws", "2026"));
  EXPECT_TRUE(daily.owns("billow-daily-aws-2026-v12-0a1b2c3d", "aws", "2026"));
  // The feed aws-2026-v1 is another one.
  EXPECT_FALSE(daily.owns("billow-daily-aws-2026-v1-2026-v1", "aws", "2026"));
  EXPECT_FALSE(daily.owns("billow-daily-aws-2026-v", "aws", "2026"));
  EXPECT_FALSE(daily.owns("billow-daily-aws-2025-v1", "aws", "2026"));
  daily.tags = {"team"};
  EXPECT_TRUE(daily.owns(daily.index("aws", "2026"), "aws", "2026"));
}

TEST(Definition, KnowsTheIndicesOfAnyFeedAndYear) {
  Definition daily;
  daily.name = "daily";
  for (const char* ours : {"billow-daily-aws-2026-v1", "billow-daily-aws-2026-v12-0a1b2c3d",
                           "billow-daily-aws-2026-v1-2026-v1", "billow-daily-v-2026-v1"})
    EXPECT_TRUE(daily.owns(ours)) << ours;
  for (const char* other : {"restored-billow-daily-aws-2026-v1", "billow-daily-aws-2026-v1-copy",
                            "billow-daily-2026-v1", "billow-monthly-aws-2026-v1", "billow-daily-v1",
                            "billow-daily", ""})
    EXPECT_FALSE(daily.owns(other)) << other;
}

}  // namespace
}  // namespace billow::rollup
