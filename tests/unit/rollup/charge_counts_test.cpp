#include "rollup/charge_counts.hpp"

#include "base/civil_time.hpp"
#include "charge/wording.hpp"
#include "charge/written_owner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace billow::rollup {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

constexpr auto null = std::nullopt;

Group group(std::string name, bool missing = true) {
  Group made;
  made.field = name;
  made.name = std::move(name);
  made.missing_bucket = missing;
  return made;
}

Group date(std::string name, std::string field, std::string interval) {
  Group made = group(std::move(name), false);
  made.field = std::move(field);
  made.interval = std::move(interval);
  return made;
}

Definition by_service_and_team() {
  Definition definition;
  definition.name = "small";
  definition.version = 1;
  definition.tags = {"team"};
  definition.groups = {group("x_SliceId", false), date("@timestamp", "@timestamp", "1d"),
                       group("ServiceName"), group("Tags.team")};
  definition.measures = {{"BilledCost", "BilledCost", false},
                         {"Used", "ConsumedQuantity", false},
                         {"x_ChargeCount", "x_SliceId", true}};
  return definition;
}

Slice slice(std::string id, std::string_view day) {
  Slice made;
  made.id = std::move(id);
  made.key.day = static_cast<std::int32_t>(*parse_time(day) / seconds_per_day);
  return made;
}

Number number(std::string_view text) { return {text, *Decimal::parse(text)}; }

Charge charge(Text service, std::string_view cost) {
  Charge made;
  made[TextColumn::ServiceName] = service;
  made[NumberColumn::BilledCost] = number(cost);
  return made;
}

std::vector<RollupDocument> documents_of(const ChargeCounts& counts, const Definition& definition,
                                         const Slice& slice) {
  std::vector<RollupDocument> documents;
  counts.each_document(definition, slice, [&documents](const RollupDocument& document) {
    documents.push_back(document);
  });
  std::ranges::sort(documents, {}, &RollupDocument::groups);
  return documents;
}

class ChargeCountsOf : public ::testing::Test {
 protected:
  std::vector<RollupDocument> documents() { return documents_of(counts, definition, june_1); }

  Definition definition = by_service_and_team();
  Slice june_1 = slice("s1", "2026-06-01");
  Slice june_2 = slice("s2", "2026-06-02");
  ChargeCounts counts{std::span<const Definition>(&definition, 1), "aws"};
};

TEST_F(ChargeCountsOf, AGroupAreExact) {
  counts.add(june_1, charge("EC2", "0.1"));
  counts.add(june_1, charge("EC2", "0.20000000000000000000000001"));
  ASSERT_TRUE(counts.knows(definition, june_1));
  const auto made = documents();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_THAT(made[0].groups, ElementsAre(Optional(std::string("s1")),
                                          Optional(std::string("2026-06-01T00:00:00.000Z")),
                                          Optional(std::string("EC2")), null));
  EXPECT_THAT(made[0].measures, ElementsAre("0.30000000000000000000000001", "0", "2"));
}

TEST_F(ChargeCountsOf, SlicesAreKeptApart) {
  counts.add(june_1, charge("EC2", "1"));
  counts.add(june_2, charge("EC2", "2"));
  counts.add(june_1, charge("EC2", "4"));
  EXPECT_THAT(documents()[0].measures, ElementsAre("5", "0", "2"));
  EXPECT_THAT(documents_of(counts, definition, june_2)[0].measures, ElementsAre("2", "0", "1"));
}

TEST_F(ChargeCountsOf, WhatIsNotThereFormsAGroup) {
  counts.add(june_1, charge("", "1"));
  counts.add(june_1, charge("EC2", "2"));
  const auto made = documents();
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].groups[2], null);
  EXPECT_THAT(made[1].groups[2], Optional(std::string("EC2")));
}

TEST_F(ChargeCountsOf, TagsAreThoseThatElasticsearchSees) {
  Charge tagged = charge("EC2", "1");
  for (const std::vector<Tag>& tags :
       std::vector<std::vector<Tag>>{{{"other", "x"}},
                                     {{"team", Text()}},
                                     {{"other", "x"}, {"team", "web"}},
                                     {{"team", ""}}}) {
    tagged.tags = tags;
    counts.add(june_1, tagged);
  }
  const auto made = documents();
  ASSERT_EQ(made.size(), 4u);
  EXPECT_EQ(made[0].groups[3], null);
  EXPECT_THAT(made[1].groups[3], Optional(std::string()));
  EXPECT_THAT(made[2].groups[3], Optional(std::string("true")));
  EXPECT_THAT(made[3].groups[3], Optional(std::string("web")));
}

TEST_F(ChargeCountsOf, ValuesThatTheMappingIgnoresAreNotThere) {
  const std::string face = "\xF0\x9F\x98\x80";  // four bytes, two UTF-16 code units
  const auto repeated = [](const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
  };
  for (const std::string& service : {std::string(8'191, 'x'), std::string(8'192, 'x'),
                                     repeated("\xC3\xBC", 8'191), repeated(face, 4'096)})
    counts.add(june_1, charge(service, "1"));
  for (const std::string& team : {std::string(1'024, 'x'), std::string(1'025, 'x'),
                                  repeated(face, 512), repeated(face, 513)}) {
    Charge tagged = charge("EC2", "10");
    const Tag tag{"team", team};
    tagged.tags = {&tag, 1};
    counts.add(june_1, tagged);
  }
  std::map<std::pair<std::size_t, std::size_t>, std::string> sums;  // by bytes of service and team
  for (const RollupDocument& document : documents())
    sums[{document.groups[2].value_or("").size(), document.groups[3].value_or("").size()}] =
        document.measures[0];
  EXPECT_THAT(sums, ElementsAre(Pair(Pair(0, 0), "2"), Pair(Pair(3, 0), "20"),
                                Pair(Pair(3, 1'024), "10"), Pair(Pair(3, 2'048), "10"),
                                Pair(Pair(8'191, 0), "1"), Pair(Pair(16'382, 0), "1")));
}

TEST_F(ChargeCountsOf, AWordingAreThoseOfItsTexts) {
  Wording wording;
  Charge worded = charge("EC2", "1");
  worded.wording = &wording;
  counts.add(june_1, worded);
  counts.add(june_1, charge("S3", "2"));
  counts.add(june_2, charge("S3", "4"));
  counts.add(june_1, worded);
  worded.wording = nullptr;
  counts.add(june_1, worded);
  const auto made = documents();
  ASSERT_EQ(made.size(), 2u);
  EXPECT_THAT(made[0].groups[2], Optional(std::string("EC2")));
  EXPECT_THAT(made[0].measures, ElementsAre("3", "0", "3"));
  EXPECT_THAT(made[1].measures, ElementsAre("2", "0", "1"));
}

TEST_F(ChargeCountsOf, AWordingAreThoseOfEachOwner) {
  Wording wording;
  const WrittenOwner core;
  const WrittenOwner web;
  Tag tag{"team", {}};
  Charge worded = charge("EC2", "1");
  worded.tags = {&tag, 1};
  worded.wording = &wording;
  for (const auto& [owner, team] :
       {std::pair(&core, "core"), std::pair(&web, "web"), std::pair(&core, "core")}) {
    worded.owner = owner;
    tag.value = team;
    counts.add(june_1, worded);
  }
  worded.owner = nullptr;
  counts.add(june_1, worded);  // of team core
  worded.wording = nullptr;
  worded[TextColumn::ServiceName] = "S3";
  worded.owner = &web;
  tag.value = "web";
  counts.add(june_1, worded);
  const auto made = documents();
  ASSERT_EQ(made.size(), 3u);
  EXPECT_THAT(made[0].groups[3], Optional(std::string("core")));
  EXPECT_THAT(made[0].measures, ElementsAre("3", "0", "3"));
  EXPECT_THAT(made[1].groups[3], Optional(std::string("web")));
  EXPECT_THAT(made[1].measures, ElementsAre("1", "0", "1"));
  EXPECT_THAT(made[2].groups[2], Optional(std::string("S3")));
  EXPECT_THAT(made[2].groups[3], Optional(std::string("web")));
}

TEST_F(ChargeCountsOf, QuantitiesAreThoseOfTheirColumn) {
  Charge used = charge("EC2", "1");
  used[NumberColumn::ConsumedQuantity] = number("0.25");
  used[NumberColumn::PricingQuantity] = number("99");
  counts.add(june_1, used);
  counts.add(june_1, charge("EC2", "1"));
  EXPECT_THAT(documents()[0].measures, ElementsAre("2", "0.25", "2"));
}

TEST(ChargeCounts, DatesBeginADayOrAMonth) {
  Definition definition = by_service_and_team();
  definition.groups = {group("x_SliceId", false), group("x_FeedId", false),
                       date("Month", "@timestamp", "1M"),
                       date("BillingPeriodStart", "BillingPeriodStart", "1M"),
                       date("Day", "BillingPeriodStart", "1d")};
  ChargeCounts counts(std::span<const Definition>(&definition, 1), "aws");
  const Slice may_31 = slice("s", "2026-05-31");
  Charge tax = charge("", "1");
  tax.billing_period_start = *parse_time("2026-06-15");
  counts.add(may_31, tax);
  EXPECT_THAT(documents_of(counts, definition, may_31)[0].groups,
              ElementsAre(Optional(std::string("s")), Optional(std::string("aws")),
                          Optional(std::string("2026-05-01T00:00:00.000Z")),
                          Optional(std::string("2026-06-01T00:00:00.000Z")),
                          Optional(std::string("2026-06-15T00:00:00.000Z"))));
}

TEST(ChargeCounts, DefinitionsAreToldApart) {
  std::vector<Definition> definitions(2, by_service_and_team());
  definitions[1].name = "other";
  definitions[1].groups = {group("x_SliceId", false), group("RegionId")};
  definitions[1].measures = {{"ListCost", "ListCost", false}};
  ChargeCounts counts(definitions, "aws");
  const Slice day = slice("s", "2026-06-01");
  for (const char* service : {"EC2", "S3"}) {
    Charge regional = charge(service, "1");
    regional[TextColumn::RegionId] = "eu-west-1";
    regional[NumberColumn::ListCost] = number("3");
    counts.add(day, regional);
  }
  EXPECT_EQ(documents_of(counts, definitions[0], day).size(), 2u);
  const auto other = documents_of(counts, definitions[1], day);
  ASSERT_EQ(other.size(), 1u);
  EXPECT_THAT(other[0].groups,
              ElementsAre(Optional(std::string("s")), Optional(std::string("eu-west-1"))));
  EXPECT_THAT(other[0].measures, ElementsAre("6"));
}

TEST(ChargeCounts, KnowNothingOnceThereIsNoRoom) {
  const Definition definition = by_service_and_team();
  const Slice day = slice("s", "2026-06-01");
  ChargeCounts counts(std::span<const Definition>(&definition, 1), "aws", 2);
  counts.add(day, charge("a", "1"));
  counts.add(day, charge("b", "1"));
  counts.add(day, charge("b", "1"));
  EXPECT_TRUE(counts.knows(definition, day));
  counts.add(day, charge("c", "1"));
  EXPECT_FALSE(counts.knows(definition, day));
  counts.add(day, charge("a", "1"));
  EXPECT_FALSE(counts.knows(definition, day));
}

TEST(ChargeCounts, KnowOnlyWhatTheyHaveSeen) {
  const Definition definition = by_service_and_team();
  ChargeCounts counts(std::span<const Definition>(&definition, 1), "aws");
  counts.add(slice("s1", "2026-06-01"), charge("a", "1"));
  EXPECT_TRUE(counts.knows(definition, slice("s1", "2026-06-01")));
  EXPECT_FALSE(counts.knows(definition, slice("s2", "2026-06-02")));
  EXPECT_FALSE(counts.knows(definition, slice("kept", "2026-06-01"))) << "another slice of the day";
}

TEST(ChargeCounts, LeaveToElasticsearchWhatAChargeDoesNotHold) {
  const Slice day = slice("s", "2026-06-01");
  const auto knows = [&day](const Group& added) {
    Definition definition = by_service_and_team();
    definition.groups.push_back(added);
    ChargeCounts counts(std::span<const Definition>(&definition, 1), "aws");
    counts.add(day, charge("a", "1"));
    return counts.knows(definition, day);
  };
  EXPECT_TRUE(knows(group("SkuId")));
  EXPECT_FALSE(knows(group("x_Operation")));
  EXPECT_FALSE(knows(group("SkuPriceDetails"))) << "JSON, of which it sees the members";
  EXPECT_FALSE(knows(group("SkuId", false))) << "charges without it are left out";
  EXPECT_FALSE(knows(date("Week", "@timestamp", "1w")));
  EXPECT_FALSE(knows(date("End", "ChargePeriodEnd", "1d")));

  Definition blended = by_service_and_team();
  blended.measures.push_back({"x_BlendedCost", "x_BlendedCost", false});
  ChargeCounts counts(std::span<const Definition>(&blended, 1), "aws");
  counts.add(day, charge("a", "1"));
  EXPECT_FALSE(counts.knows(blended, day));
}

TEST(ChargeCounts, TakeEveryShippedDefinition) {
  const auto definitions = shipped_definitions({"team"});
  ASSERT_TRUE(definitions);
  ChargeCounts counts(*definitions, "aws");
  const Slice day = slice("s", "2026-06-01");
  counts.add(day, charge("a", "1"));
  for (const Definition& definition : *definitions)
    EXPECT_TRUE(counts.knows(definition, day)) << definition.name;
}

}  // namespace
}  // namespace billow::rollup
