#include "elastic/slice_sums.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace billow::elastic {
namespace {

std::string bucket(const std::string& slice, const std::string& currency, int lines,
                   const std::string& sum) {
  return R"({"key":{"slice":")" + slice + R"(","currency":)" + currency + R"(},"doc_count":)" +
         std::to_string(lines) + R"(,"BilledCost":{"value":)" + sum +
         R"(},"ContractedCost":{"value":1.5},"EffectiveCost":{"value":-2.0E-4},)" +
         R"("ListCost":{"value":0.0}})";
}

std::string answer(const std::string& buckets, const std::string& more = "",
                   const std::string& failed = "0") {
  return R"({"took":1,"timed_out":false,"_shards":{"total":2,"successful":2,"failed":)" + failed +
         R"(},"aggregations":{"slices":{)" + more + R"("buckets":[)" + buckets + "]}}}";
}

TEST(SliceSums, AsksForPagesOfSlicesAndCurrencies) {
  rapidjson::Document first;
  first.Parse(sums_body({}, "").c_str());
  ASSERT_FALSE(first.HasParseError());
  EXPECT_FALSE(first["aggs"]["slices"]["composite"].HasMember("after"));
  EXPECT_EQ(first["aggs"]["slices"]["composite"]["size"].GetInt(), sums_page_max);
  EXPECT_EQ(first["aggs"]["slices"]["aggs"].MemberCount(), cost_kinds);
  rapidjson::Document next;
  next.Parse(sums_body({}, R"({"slice":"s","currency":null})").c_str());
  ASSERT_FALSE(next.HasParseError());
  EXPECT_STREQ(next["aggs"]["slices"]["composite"]["after"]["slice"].GetString(), "s");
}

TEST(SliceSums, AddsUpCurrenciesAndPages) {
  std::map<std::string, StoredSlice> sums;
  const auto after = read_sums(answer(bucket("s1", "\"EUR\"", 2, "0.42196393376848934") + "," +
                                          bucket("s1", "\"USD\"", 3, "7"),
                                      R"("after_key":{"slice":"s1","currency":"USD"},)"),
                               sums);
  ASSERT_TRUE(after) << after.error().detail;
  EXPECT_EQ(*after, R"({"slice":"s1","currency":"USD"})");
  const auto last = read_sums(answer(bucket("s2", "null", 1, "1e-10")), sums);
  ASSERT_TRUE(last);
  EXPECT_EQ(*last, "");
  EXPECT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums["s1"].lines, 5u);
  EXPECT_EQ(sums["s1"].by_currency["EUR"].lines, 2u);
  EXPECT_EQ(sums["s1"].by_currency["EUR"].sums[0], 0.42196393376848934);
  EXPECT_EQ(sums["s1"].by_currency["USD"].sums[0], 7.0);
  EXPECT_EQ(sums["s1"].by_currency["USD"].sums[2], -2.0e-4);
  EXPECT_EQ(sums["s2"].by_currency[""].sums[0], 1e-10);
}

TEST(SliceSums, RefusesAnAnswerThatIsNotComplete) {
  std::map<std::string, StoredSlice> sums;
  EXPECT_EQ(read_sums(answer("", "", "1"), sums).error().code, Errc::transient);
  EXPECT_EQ(
      read_sums(
          R"({"timed_out":true,"_shards":{"failed":0},"aggregations":{"slices":{"buckets":[]}}})",
          sums)
          .error()
          .code,
      Errc::transient);
  for (
      const char* text :
      {"", "<html>", "{}", R"({"timed_out":false,"_shards":{"failed":0}})",
       R"({"timed_out":false,"_shards":{"failed":0},"aggregations":{"slices":{"buckets":[{}]}}})"}) {
    EXPECT_EQ(read_sums(text, sums).error().code, Errc::malformed) << text;
  }
}

}  // namespace
}  // namespace billow::elastic
