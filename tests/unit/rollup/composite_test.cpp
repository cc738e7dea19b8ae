#include "rollup/composite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace billow::rollup {
namespace {

Definition small() {
  Definition definition;
  definition.name = "small";
  definition.version = 1;
  definition.groups.resize(4);
  definition.groups[0].name = definition.groups[0].field = "x_SliceId";
  definition.groups[1].name = definition.groups[1].field = "@timestamp";
  definition.groups[1].interval = "1d";
  definition.groups[2].name = definition.groups[2].field = "ServiceName";
  definition.groups[2].missing_bucket = true;
  definition.groups[3].name = definition.groups[3].field = "Tags.team";
  definition.groups[3].missing_bucket = true;
  definition.tags = {"team"};
  definition.measures = {{"BilledCost", "BilledCost", false}, {"x_ChargeCount", "x_SliceId", true}};
  return definition;
}

std::string bucket(const std::string& slice, const std::string& service, const std::string& team,
                   const std::string& cost) {
  return R"({"key":{"x_SliceId":")" + slice + R"(","@timestamp":1780272000000,"ServiceName":)" +
         service + R"(,"Tags.team":)" + team + R"(},"doc_count":7,"BilledCost":{"value":)" + cost +
         R"(},"x_ChargeCount":{"value":7}})";
}

std::string answer(const std::string& buckets, const std::string& more = "") {
  return R"({"timed_out":false,"_shards":{"failed":0},"aggregations":{"groups":{"buckets":[)" +
         buckets + "]" + more + "}}}";
}

TEST(Composite, AsksForEveryGroupAndMeasure) {
  rapidjson::Document body;
  body.Parse(groups_body(small(), R"({"terms":{"x_SliceId":["a"]}})", {}).c_str());
  ASSERT_FALSE(body.HasParseError());
  EXPECT_STREQ(body["query"]["terms"]["x_SliceId"][0].GetString(), "a");
  const auto& composite = body["aggs"]["groups"]["composite"];
  EXPECT_FALSE(composite.HasMember("after"));
  ASSERT_EQ(composite["sources"].Size(), 4u);
  EXPECT_FALSE(composite["sources"][0]["x_SliceId"]["terms"].HasMember("missing_bucket"));
  EXPECT_STREQ(
      composite["sources"][1]["@timestamp"]["date_histogram"]["calendar_interval"].GetString(),
      "1d");
  EXPECT_TRUE(composite["sources"][2]["ServiceName"]["terms"]["missing_bucket"].GetBool());
  EXPECT_STREQ(body["aggs"]["groups"]["aggs"]["BilledCost"]["sum"]["field"].GetString(),
               "BilledCost");
  EXPECT_STREQ(body["aggs"]["groups"]["aggs"]["x_ChargeCount"]["value_count"]["field"].GetString(),
               "x_SliceId");
}

TEST(Composite, GoesOnWhereTheLastPageEnded) {
  rapidjson::Document body;
  PageEnd before;
  before.after_key = R"({"x_SliceId":"a","ServiceName":null})";
  body.Parse(groups_body(small(), "{}", before).c_str());
  ASSERT_FALSE(body.HasParseError());
  EXPECT_TRUE(body["aggs"]["groups"]["composite"]["after"]["ServiceName"].IsNull());
}

TEST(Composite, MakesADocumentOfEachBucket) {
  elastic::BulkBody bulk;
  const auto end = read_groups(
      small(),
      answer(bucket("s1", R"("EC2 \"x\"")", R"("web")", "0.1") + "," +
             bucket("s1", "null", "null", "-1.0E-7") + "," + bucket("s2", R"("S3")", "null", "3")),
      {}, bulk);
  ASSERT_TRUE(end) << end.error().detail;
  EXPECT_EQ(end->after_key, "");
  ASSERT_EQ(bulk.items(), 3u);
  EXPECT_EQ(
      bulk.item(0),
      "{\"create\":{\"_id\":\"s1-0\"}}\n"
      R"({"x_SliceId":"s1","@timestamp":"2026-06-01T00:00:00.000Z","ServiceName":"EC2 \"x\"",)"
      R"("Tags":{"team":"web"},"BilledCost":0.1,"x_ChargeCount":7})"
      "\n");
  EXPECT_EQ(bulk.item(1),
            "{\"create\":{\"_id\":\"s1-1\"}}\n"
            R"({"x_SliceId":"s1","@timestamp":"2026-06-01T00:00:00.000Z","ServiceName":null,)"
            R"("Tags":{"team":null},"BilledCost":-1e-7,"x_ChargeCount":7})"
            "\n");
  EXPECT_THAT(std::string(bulk.item(2)), ::testing::HasSubstr(R"("_id":"s2-0")"));
}

TEST(Composite, NumbersASliceOnThroughItsPages) {
  std::string full = bucket("s1", "\"a\"", "null", "1");
  for (std::size_t i = 1; i < groups_page_max; ++i)
    full += "," + bucket("s1", "\"a" + std::to_string(i) + "\"", "null", "1");
  elastic::BulkBody first;
  auto end = read_groups(
      small(), answer(full, R"(,"after_key":{"x_SliceId":"s1","ServiceName":"a"})"), {}, first);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->after_key, R"({"x_SliceId":"s1","ServiceName":"a"})");
  elastic::BulkBody second;
  end = read_groups(small(), answer(bucket("s1", "\"b\"", "null", "1")), *end, second);
  ASSERT_TRUE(end);
  EXPECT_THAT(second.bytes,
              ::testing::HasSubstr(R"("_id":"s1-)" + std::to_string(groups_page_max) + '"'));
}

TEST(Composite, TakesAPageThatIsNotFullForTheLast) {
  elastic::BulkBody bulk;
  const auto end = read_groups(small(),
                               answer(bucket("s1", "\"a\"", "null", "1"),
                                      R"(,"after_key":{"x_SliceId":"s1","ServiceName":"a"})"),
                               {}, bulk);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->after_key, "");
}

TEST(Composite, RefusesAnAnswerThatIsNotWhole) {
  elastic::BulkBody bulk;
  const auto code = [&bulk](const std::string& json) {
    return read_groups(small(), json, {}, bulk).error().code;
  };
  EXPECT_EQ(code(R"({"timed_out":true,"_shards":{"failed":0}})"), Errc::transient);
  EXPECT_EQ(code(R"({"timed_out":false,"_shards":{"failed":1}})"), Errc::transient);
  EXPECT_EQ(code("{"), Errc::malformed);
  EXPECT_EQ(code(R"({"timed_out":false,"_shards":{"failed":0}})"), Errc::malformed);
  EXPECT_EQ(code(answer(R"({"key":{"x_SliceId":"s"}})")), Errc::malformed);
}

}  // namespace
}  // namespace billow::rollup
