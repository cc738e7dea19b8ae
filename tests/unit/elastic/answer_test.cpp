#include "elastic/answer.hpp"

#include "elastic/abilities.hpp"
#include "elastic/cluster.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

http::Response answer_of(int status, std::string body) {
  http::Response made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

TEST(Answer, NamesTypeAndReason) {
  const auto missing = answer_of(
      404,
      R"({"error":{"root_cause":[],"type":"index_not_found_exception","reason":"no such index [x]"},"status":404})");
  EXPECT_EQ(reason_of(missing), "index_not_found_exception: no such index [x]");
  EXPECT_EQ(error_of("GET /x", missing).detail,
            "GET /x: 404 index_not_found_exception: no such index [x]");
  EXPECT_EQ(reason_of(answer_of(405, R"({"error":"Incorrect HTTP method","status":405})")),
            "Incorrect HTTP method");
}

TEST(Answer, NamesWhatLiesBehindAnError) {
  const auto told = [](const std::string& causes) {
    return reason_of(answer_of(400, R"({"error":{"type":"t","reason":"is invalid","caused_by":)" +
                                        causes + R"(},"status":400})"));
  };
  EXPECT_EQ(told(R"({"type":"a","reason":"outer","caused_by":{"type":"b","reason":"inner"}})"),
            "t: is invalid: inner");
  EXPECT_EQ(told(R"({"type":"a","reason":"is invalid"})"), "t: is invalid");
  EXPECT_EQ(told(R"({"type":"a"})"), "t: is invalid");
}

TEST(Answer, TellsAnIndexThatWasDeletedMeanwhileFromOneThatIsNotThere) {
  const auto gone = answer_of(
      404,
      R"({"error":{"root_cause":[{"type":"index_not_found_exception","index":"billow-usage-a"}],)"
      R"("type":"index_not_found_exception","reason":"no such index","index":"billow-usage-a"}})");
  EXPECT_TRUE(is_of_deleted_index("/billow-usage/_search?size=0", gone));
  EXPECT_TRUE(is_of_deleted_index("/billow-usage-b,billow-usage*/_refresh", gone));
  EXPECT_FALSE(is_of_deleted_index("/billow-usage-a/_search", gone));
  EXPECT_FALSE(is_of_deleted_index("/billow-usage-b,billow-usage-a?x=1", gone));
  EXPECT_FALSE(is_of_deleted_index("/_aliases", gone)) << "its body names the index";
  EXPECT_FALSE(is_of_deleted_index("/billow-usage/_search", answer_of(400, gone.body)));
  EXPECT_FALSE(is_of_deleted_index("/a/_doc/1", answer_of(404, R"({"found":false})")));
  EXPECT_FALSE(is_of_deleted_index(
      "/a/_alias/b", answer_of(404, R"({"error":{"type":"aliases_not_found_exception"}})")));
}

TEST(Answer, TellsADeletedIndexWhenAllShardsFailed) {
  EXPECT_TRUE(is_of_deleted_index(
      "/billow-usage/_search",
      answer_of(404,
                R"({"error":{"root_cause":[{"type":"index_not_found_exception","index":"u"}],)"
                R"("type":"search_phase_execution_exception","reason":"all shards failed"}})")));
}

TEST(Answer, NamesTheCauseWhenAllShardsFailed) {
  EXPECT_EQ(
      reason_of(answer_of(
          400, R"({"error":{"root_cause":[{"type":"query_shard_exception","reason":"bad field"}],)"
               R"("type":"search_phase_execution_exception","reason":"all shards failed"}})")),
      "query_shard_exception: bad field");
}

TEST(Answer, ShowsTheBeginningOfWhatIsNotElasticsearch) {
  http::Response page = answer_of(502, "<html>\n<h1>Bad Gateway</h1>" + std::string(5'000, 'x'));
  page.headers.emplace_back("content-type", "text/html");
  const std::string reason = reason_of(page);
  EXPECT_EQ(reason.substr(0, 60), "text/html that begins with: <html> <h1>Bad Gateway</h1>xxxxx");
  EXPECT_LT(reason.size(), 400u);
  EXPECT_EQ(reason_of(answer_of(503, "")), "an empty answer");
}

TEST(Answer, DecidesTheNextStepByStatus) {
  EXPECT_EQ(code_of_status(401), Errc::unauthorized);
  EXPECT_EQ(code_of_status(403), Errc::unauthorized);
  EXPECT_EQ(code_of_status(404), Errc::not_found);
  EXPECT_EQ(code_of_status(409), Errc::conflict);
  EXPECT_EQ(code_of_status(413), Errc::over_limit);
  EXPECT_EQ(code_of_status(429), Errc::throttled);
  EXPECT_EQ(code_of_status(500), Errc::transient);
  EXPECT_EQ(code_of_status(400), Errc::rejected);
  EXPECT_EQ(code_of_status(302), Errc::rejected);
}

TEST(Abilities, ReadsTheLowestVersionAndTheTransformRole) {
  const auto facts = read_nodes(R"({"nodes":{"a":{"version":"9.1.0","roles":["master"]},)"
                                R"("b":{"version":"8.19.21","roles":["data","transform"]}}})");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->version, "8.19.21");
  EXPECT_TRUE(facts->transform_node);
  EXPECT_FALSE(
      read_nodes(R"({"nodes":{"a":{"version":"9.1.0","roles":["master"]}}})")->transform_node);
  EXPECT_FALSE(read_nodes("<html>"));
}

TEST(Abilities, TakesAnUnknownPathForAnAbsentApi) {
  for (const int status : {400, 404, 405}) EXPECT_FALSE(is_present(status)) << status;
  for (const int status : {200, 401, 403}) EXPECT_TRUE(is_present(status)) << status;
}

TEST(Abilities, ComparesVersionsAsNumbers) {
  EXPECT_TRUE(version_at_least("8.18.0", 8, 18));
  EXPECT_TRUE(version_at_least("8.19.21", 8, 18));
  EXPECT_TRUE(version_at_least("10.0.0", 8, 18));
  EXPECT_FALSE(version_at_least("8.9.1", 8, 18));
  EXPECT_FALSE(version_at_least("", 8, 18));
  EXPECT_FALSE(version_at_least("next", 8, 18));
}

}  // namespace
}  // namespace billow::elastic
