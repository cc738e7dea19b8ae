#include "feed/elastic_cloud.hpp"

#include <gmock/gmock.h>

namespace billow::feed {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

UnixSeconds at(std::string_view text) { return parse_time(text).value(); }

std::vector<std::string> periods(std::string_view since, std::string_view now) {
  std::vector<std::string> found;
  for (const ElasticCloudMonth& month : elastic_cloud_months(since, at(now)))
    found.push_back(month.period + (month.settled ? " settled" : ""));
  return found;
}

std::vector<std::string> keys(std::string_view prefix, std::string_view now) {
  return elastic_cloud_keys(prefix, at(now)).value();
}

Error error_of(int status, std::string_view body, std::string_view location = "") {
  ElasticCloudRefusal refusal;
  refusal.status = status;
  refusal.body = body;
  refusal.location = location;
  return elastic_cloud_error("123", refusal);
}

TEST(ElasticCloud, AsksForTheMonthsUpToTheCurrentOne) {
  EXPECT_THAT(periods("2026-05", "2026-06-15T12:00:00Z"), ElementsAre("2026-05", "2026-06"));
  EXPECT_THAT(periods("2026-07", "2026-06-15T12:00:00Z"), IsEmpty());
  EXPECT_THAT(periods("rubbish", "2026-06-15T12:00:00Z"), IsEmpty());
}

TEST(ElasticCloud, AMonthWithoutADayThatIsOverIsNoneYet) {
  EXPECT_THAT(periods("2026-05", "2026-06-01T23:59:59Z"), ElementsAre("2026-05"));
  EXPECT_THAT(periods("2026-05", "2026-06-02T00:00:00Z"), ElementsAre("2026-05", "2026-06"));
}

TEST(ElasticCloud, AMonthIsSettledThirtyFiveDaysAfterItsEnd) {
  EXPECT_THAT(periods("2026-04", "2026-06-04T23:59:59Z"),
              ElementsAre("2026-04", "2026-05", "2026-06"));
  EXPECT_THAT(periods("2026-04", "2026-06-05T00:00:00Z"),
              ElementsAre("2026-04 settled", "2026-05", "2026-06"));
}

TEST(ElasticCloud, AYearsEndIsCrossed) {
  EXPECT_THAT(periods("2025-12", "2026-01-15"), ElementsAre("2025-12", "2026-01"));
}

TEST(ElasticCloud, NamesTheDaysThatAreOver) {
  EXPECT_THAT(keys("instances/2026-06", "2026-06-03T00:00:00Z"),
              ElementsAre("instances/2026-06-01.json", "instances/2026-06-02.json"));
  EXPECT_THAT(keys("instances/2026-06", "2026-06-02T23:59:59Z"),
              ElementsAre("instances/2026-06-01.json"));
  EXPECT_THAT(keys("instances/2026-06", "2026-06-01T23:59:59Z"), IsEmpty());
  EXPECT_THAT(keys("instances/2024-02", "2026-06-02T23:59:59Z"), SizeIs(29));
}

TEST(ElasticCloud, NamesASingleDay) {
  EXPECT_THAT(keys("instances/2026-06-02.json", "2026-06-20"),
              ElementsAre("instances/2026-06-02.json"));
  EXPECT_THAT(keys("instances/2026-06-20.json", "2026-06-20"), IsEmpty());
  EXPECT_THAT(keys("instances/2026-06-1", "2026-06-12"),
              ElementsAre("instances/2026-06-10.json", "instances/2026-06-11.json"));
}

TEST(ElasticCloud, KnowsNoOtherPrefix) {
  for (const char* prefix : {"", "instances/", "instances/2026", "items/2026-06", "2026-06"}) {
    const auto found = elastic_cloud_keys(prefix, at("2026-06-20"));
    ASSERT_FALSE(found) << prefix;
    EXPECT_EQ(found.error().code, Errc::rejected);
  }
}

TEST(ElasticCloud, AKeyIsItsDayAndNothingElse) {
  EXPECT_EQ(elastic_cloud_day(elastic_cloud_key(at("2026-06-30"))), at("2026-06-30"));
  for (const char* key : {"", "instances/.json", "instances/2026-06.json", "2026-06-30.json",
                          "instances/2026-06-30", "instances/2026-06-30T00:00:00Z.json",
                          "instances/2026-06-31.json", "instances/2026-06-30.json/"})
    EXPECT_FALSE(elastic_cloud_day(key)) << key;
}

TEST(ElasticCloud, AsksForTheWholeUtcDay) {
  EXPECT_EQ(elastic_cloud_target("123", at("2026-06-30")),
            "/api/v2/billing/organizations/123/costs/instances?include_names=true"
            "&from=2026-06-30T00:00:00Z&to=2026-07-01T00:00:00Z");
}

TEST(ElasticCloud, AnOrganizationIsAPlainWord) {
  EXPECT_TRUE(is_elastic_cloud_organization("1234567890"));
  EXPECT_TRUE(is_elastic_cloud_organization("org_A-b"));
  for (const char* id : {"", "a/b", "a?b", "..", "a b", "a%2fb"})
    EXPECT_FALSE(is_elastic_cloud_organization(id)) << id;
  EXPECT_FALSE(is_elastic_cloud_organization(std::string(65, 'a')));
}

TEST(ElasticCloud, KnowsThePriceOfAnEcuInAMonth) {
  ElasticCloudConfig config;
  EXPECT_EQ(elastic_cloud_terms(config, "2021-01"), "1 ECU = 1 USD");
  config.currency = "EUR";
  config.ecu_prices = {{"2025-01", "1.1"}, {"2026-07", "0.85"}};
  EXPECT_EQ(elastic_cloud_terms(config, "2026-07"), "1 ECU = 0.85 EUR");
  EXPECT_EQ(ecu_price_of(config, "2027-01"), "0.85");
  EXPECT_EQ(ecu_price_of(config, "2026-06"), "1.1");
  EXPECT_EQ(ecu_price_of(config, "2025-01"), "1.1");
  EXPECT_EQ(ecu_price_of(config, "2024-12"), "");
}

TEST(ElasticCloud, TheStatusSaysWhetherToAskAgain) {
  for (const int status : {408, 425, 429, 500, 502, 503, 504})
    EXPECT_TRUE(retryable(error_of(status, "").code)) << status;
  EXPECT_EQ(error_of(429, "").code, Errc::throttled);
  EXPECT_EQ(error_of(401, "").code, Errc::unauthorized);
  EXPECT_EQ(error_of(403, "").code, Errc::unauthorized);
  EXPECT_EQ(error_of(404, "").code, Errc::not_found);
  for (const int status : {204, 206, 302, 400, 405, 410, 422})
    EXPECT_EQ(error_of(status, "").code, Errc::rejected) << status;
}

TEST(ElasticCloud, ARefusalNamesTheOrganizationTheAnswerAndTheRemedy) {
  const Error refused =
      error_of(403, R"({"errors":[{"code":"organization.invalid_access","message":"not yours"}]})");
  EXPECT_THAT(refused.detail,
              AllOf(HasSubstr("organisation 123"), HasSubstr("403"), HasSubstr("Billing admin"),
                    HasSubstr("organization.invalid_access: not yours")));
  EXPECT_THAT(error_of(401, "").detail, HasSubstr("expired"));
  EXPECT_THAT(error_of(404, "").detail, HasSubstr("no such organisation"));
}

TEST(ElasticCloud, TextInsteadOfJsonIsToldInOneLine) {
  EXPECT_THAT(error_of(403, "403: User does not\nhave\x07 permissions").detail,
              HasSubstr("403: User does not have permissions"));
  EXPECT_THAT(error_of(500, std::string(10'000, 'x')).detail.size(), ::testing::Lt(500U));
  EXPECT_THAT(error_of(502, "<html><body>Bad gateway").detail,
              AllOf(HasSubstr("a page"), Not(HasSubstr("html"))));
  EXPECT_THAT(error_of(500, R"({"errors":[1,{"code":2},{"message":"m"}]})").detail, HasSubstr("m"));
}

TEST(ElasticCloud, ARedirectIsToldAndRefused) {
  const Error refused = error_of(302, "", "https://elsewhere.example/");
  EXPECT_THAT(refused.detail,
              AllOf(HasSubstr("https://elsewhere.example/"), HasSubstr("endpoint")));
}

TEST(ElasticCloud, OnlyAnObjectIsABill) {
  EXPECT_TRUE(check_elastic_cloud_body("application/json", "{}"));
  EXPECT_TRUE(check_elastic_cloud_body("", "\n {\"instances\":null}"));
  for (const char* body : {"", "  ", "<html>", "[]", "null"}) {
    const auto checked = check_elastic_cloud_body("text/html; charset=utf-8", body);
    ASSERT_FALSE(checked) << body;
    EXPECT_EQ(checked.error().code, Errc::malformed);
    EXPECT_THAT(checked.error().detail, HasSubstr("text/html"));
  }
}

}  // namespace
}  // namespace billow::feed
