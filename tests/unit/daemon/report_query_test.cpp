#include "daemon/report_query.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using ::testing::ElementsAre;

ReportScope asked_by(ReportBy grouping) {
  ReportScope scope;
  scope.by = grouping;
  return scope;
}

TEST(ReportQuery, AlwaysGroupsByCurrency) {
  EXPECT_EQ(
      report_query(asked_by(ReportBy::service), ""),
      R"({"size":0,"track_total_hits":false,"query":{"bool":{"filter":[]}},"aggs":{"rows":{"composite":{"size":1000,)"
      R"("sources":[{"ServiceName":{"terms":{"field":"ServiceName","missing_bucket":true}}},)"
      R"({"BillingCurrency":{"terms":{"field":"BillingCurrency","missing_bucket":true}}}]},)"
      R"("aggs":{"cost":{"sum":{"field":"BilledCost"}}}}}})");
}

TEST(ReportQuery, FiltersByFeedAndPeriodAndGoesOnAfterTheLastKey) {
  ReportScope scope = asked_by(ReportBy::region);
  scope.cost = 2;
  scope.feeds = {"a", "b"};
  scope.period = "2026-06";
  const std::string body = report_query(scope, R"({"RegionName":null,"BillingCurrency":"USD"})");
  EXPECT_THAT(
      body,
      ::testing::HasSubstr(
          R"("filter":[{"terms":{"x_FeedId":["a","b"]}},{"term":{"BillingPeriodStart":"2026-06-01T00:00:00Z"}}])"));
  EXPECT_THAT(body, ::testing::HasSubstr(R"("after":{"RegionName":null,"BillingCurrency":"USD"})"));
  EXPECT_THAT(body, ::testing::HasSubstr(R"("sum":{"field":"EffectiveCost"})"));
}

constexpr const char* page =
    R"({"took":1,"timed_out":false,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0},"aggregations":{"rows":{)"
    R"("after_key":{"SubAccountId":"2","SubAccountName":null,"BillingCurrency":"USD"},"buckets":[)"
    R"({"key":{"SubAccountId":"1","SubAccountName":"one","BillingCurrency":"EUR"},"doc_count":3,"cost":{"value":3.20000000006}},)"
    R"({"key":{"SubAccountId":"2","SubAccountName":null,"BillingCurrency":"USD"},"doc_count":1,"cost":{"value":-1.0E-7}}]}}})";

TEST(ReportQuery, ReadsGroupsCurrenciesCountsAndSums) {
  std::vector<ReportRow> rows;
  const auto next = read_report_page(page, asked_by(ReportBy::account), rows);
  ASSERT_TRUE(next) << next.error().detail;
  EXPECT_EQ(*next, R"({"SubAccountId":"2","SubAccountName":null,"BillingCurrency":"USD"})");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].group, ElementsAre("1", "one"));
  EXPECT_EQ(rows[0].currency, "EUR");
  EXPECT_EQ(rows[0].charges, 3U);
  EXPECT_EQ(rows[0].cost.to_string(), "3.20000000006");
  EXPECT_THAT(rows[1].group, ElementsAre("2", ""));
  EXPECT_EQ(rows[1].cost.to_string(), "-0.0000001");
}

TEST(ReportQuery, EndsWithThePageThatHasNoKey) {
  std::vector<ReportRow> rows;
  const auto next = read_report_page(
      R"({"timed_out":false,"_shards":{"failed":0},"aggregations":{"rows":{"buckets":[]}}})",
      asked_by(ReportBy::service), rows);
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, "");
}

TEST(ReportQuery, RefusesASumOverSomeOfTheShards) {
  std::vector<ReportRow> rows;
  const auto failed = read_report_page(
      R"({"timed_out":false,"_shards":{"failed":1},"aggregations":{"rows":{"buckets":[]}}})",
      asked_by(ReportBy::service), rows);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::transient);
}

TEST(ReportQuery, RefusesWhatIsNoAnswer) {
  for (
      const char* text :
      {"", "<html>", "{}", R"({"timed_out":false,"_shards":{"failed":0}})",
       R"({"timed_out":false,"_shards":{"failed":0},"aggregations":{"rows":{"buckets":[{"doc_count":1}]}}})"}) {
    std::vector<ReportRow> rows;
    const auto read = read_report_page(text, asked_by(ReportBy::service), rows);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::malformed);
  }
}

TEST(DoubleSums, AreShownToTheDigitsTheyCanVouchFor) {
  EXPECT_EQ(decimal_of_double(0.1 + 0.2).to_string(), "0.3");
  EXPECT_EQ(decimal_of_double(1e6 * 0.0000032).to_string(), "3.2");
  EXPECT_EQ(decimal_of_double(-12345678.9).to_string(), "-12345678.9");
  EXPECT_EQ(decimal_of_double(0).to_string(), "0");
  EXPECT_EQ(decimal_of_double(1e-30).to_string(), "0");
}

}  // namespace
}  // namespace billow::daemon
