#include "rollup/transform_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace billow::rollup {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

Definition daily(const std::vector<std::string>& tags) {
  for (Definition& definition : shipped_definitions(tags).value())
    if (definition.name == "daily") return definition;
  return {};
}

std::string stats(const std::string& state, const std::string& more = "") {
  return R"({"count":1,"transforms":[{"id":"billow-aws-daily","state":")" + state + "\"" + more +
         "}]}";
}

TransformStats seen(const std::string& state, std::uint64_t processed = 0,
                    std::uint64_t checkpoint = 0) {
  TransformStats stats;
  stats.state = state;
  stats.processed = processed;
  stats.checkpoint = checkpoint;
  return stats;
}

TEST(TransformRun, TheLongestNameIsWithinElasticsearchsLimit) {
  for (const Definition& definition : shipped_definitions({}).value())
    EXPECT_LE(transform_id(definition, std::string(40, 'f')).size(), 64u);
  EXPECT_EQ(transform_id(daily({}), "aws-main"), "billow-aws-main-daily");
}

TEST(TransformRun, AsksForTheShippedPivotOverTheSlicesAlone) {
  rapidjson::Document body;
  body.Parse(transform_body(daily({"team"}), "billow-charges-aws-2026-06", "billow-daily-aws-2026",
                            R"({"terms":{"x_SliceId":["a"]}})")
                 .c_str());
  ASSERT_FALSE(body.HasParseError());
  EXPECT_FALSE(body.HasMember("sync")) << "it is to end by itself";
  EXPECT_STREQ(body["source"]["index"][0].GetString(), "billow-charges-aws-2026-06");
  EXPECT_STREQ(body["source"]["query"]["terms"]["x_SliceId"][0].GetString(), "a");
  EXPECT_STREQ(body["dest"]["index"].GetString(), "billow-daily-aws-2026");
  const auto& groups = body["pivot"]["group_by"];
  EXPECT_EQ(groups.MemberCount(), daily({"team"}).groups.size());
  EXPECT_STREQ(groups["@timestamp"]["date_histogram"]["calendar_interval"].GetString(), "1d");
  EXPECT_STREQ(groups["Tags.team"]["terms"]["field"].GetString(), "Tags.team");
  EXPECT_TRUE(groups["Tags.team"]["terms"]["missing_bucket"].GetBool());
  EXPECT_FALSE(groups["x_SliceId"]["terms"].HasMember("missing_bucket"));
  const auto& sums = body["pivot"]["aggregations"];
  EXPECT_STREQ(sums["ListCost"]["sum"]["field"].GetString(), "ListCost");
  EXPECT_STREQ(sums["x_ChargeCount"]["value_count"]["field"].GetString(), "x_SliceId");
  EXPECT_FALSE(body["settings"]["dates_as_epoch_millis"].GetBool());
  EXPECT_FALSE(body["settings"]["deduce_mappings"].GetBool());
}

TEST(TransformRun, ATagThatWouldBecomeAnObjectIsAnObstacle) {
  EXPECT_EQ(transform_obstacle(daily({"team", "aws:createdBy"})), "");
  EXPECT_THAT(transform_obstacle(daily({"app.kubernetes.io/name"})),
              HasSubstr("'app.kubernetes.io/name'"));
  EXPECT_NE(transform_obstacle(daily({"a[0]"})), "");
}

TEST(TransformRun, ReadsHowATransformFares) {
  const auto read = read_transform_stats(stats(
      "indexing", R"(,"stats":{"documents_processed":70,"documents_indexed":12,)"
                  R"("index_failures":1,"search_failures":2},)"
                  R"("checkpointing":{"last":{"checkpoint":1}},"health":{"status":"green"})"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->state, "indexing");
  EXPECT_EQ(read->reason, "");
  EXPECT_EQ(read->processed, 70u);
  EXPECT_EQ(read->indexed, 12u);
  EXPECT_EQ(read->index_failures, 1u);
  EXPECT_EQ(read->search_failures, 2u);
  EXPECT_EQ(read->checkpoint, 1u);
}

TEST(TransformRun, TellsTheReasonOrElseTheFirstIssue) {
  const std::string health =
      R"(,"health":{"status":"yellow","issues":[{"issue":"Transform task failed","details":"no disk"}]})";
  EXPECT_EQ(read_transform_stats(stats("started", health)).value().reason,
            "Transform task failed: no disk");
  EXPECT_EQ(read_transform_stats(stats("failed", R"(,"reason":"broken")" + health)).value().reason,
            "broken");
}

TEST(TransformRun, AnAnswerWithoutTransformsMeansThatItIsGone) {
  EXPECT_EQ(read_transform_stats(R"({"count":0,"transforms":[]})").value().state, "");
  EXPECT_EQ(read_transform_stats("{}").error().code, Errc::malformed);
  EXPECT_EQ(read_transform_stats(R"({"transforms":[{"id":"x"}]})").error().code, Errc::malformed);
}

TEST(TransformWatch, IsDoneWhenTheTransformHasStoppedAfterItsCheckpoint) {
  TransformWatch watch("t");
  EXPECT_FALSE(watch.look(seen("started"), milliseconds(10)).value());
  EXPECT_FALSE(watch.look(seen("indexing", 5), milliseconds(20)).value());
  EXPECT_FALSE(watch.look(seen("stopping", 5, 1), milliseconds(30)).value());
  EXPECT_TRUE(watch.look(seen("stopped", 5, 1), milliseconds(40)).value());
}

TEST(TransformWatch, LooksAgainBeforeItBelievesInAnEarlyStop) {
  TransformWatch watch("t");
  EXPECT_FALSE(watch.look(seen("stopped"), milliseconds(10)).value());
  EXPECT_TRUE(watch.look(seen("stopped", 5, 1), milliseconds(20)).value());
  TransformWatch other("t");
  for (int look = 0; look < 4; ++look)
    ASSERT_FALSE(other.look(seen("stopped"), milliseconds(look)).value());
  EXPECT_THAT(other.look(seen("stopped"), milliseconds(5)).error().detail,
              HasSubstr("stopped before it was done"));
}

TEST(TransformWatch, SaysWhyATransformFailed) {
  TransformStats failed = seen("failed");
  failed.reason = "disk is full";
  const Error error = TransformWatch("billow-a-daily").look(failed, milliseconds(1)).error();
  EXPECT_EQ(error.code, Errc::rejected);
  EXPECT_EQ(error.detail, "transform billow-a-daily failed: disk is full");
}

TEST(TransformWatch, OneThatSomebodyRemovedIsNoRefusal) {
  EXPECT_EQ(TransformWatch("t").look(seen(""), milliseconds(1)).error().code, Errc::transient);
}

TEST(TransformWatch, WaitsForANodeForAWhile) {
  TransformWatch watch("t");
  TransformStats waiting = seen("waiting");
  waiting.reason = "no transform nodes";
  EXPECT_FALSE(watch.look(seen("indexing"), milliseconds(55'000)).value());
  EXPECT_FALSE(watch.look(waiting, milliseconds(59'999)).value());
  const auto lost = watch.look(waiting, milliseconds(60'000));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::rejected);
  EXPECT_THAT(lost.error().detail, AllOf(HasSubstr("no node"), HasSubstr("no transform nodes")));
}

TEST(TransformWatch, GivesOneUpThatStandsStill) {
  TransformWatch watch("t");
  EXPECT_FALSE(watch.look(seen("indexing", 1), milliseconds(0)).value());
  EXPECT_FALSE(watch.look(seen("indexing", 2), milliseconds(200'000)).value());
  EXPECT_FALSE(watch.look(seen("indexing", 2), milliseconds(499'999)).value());
  EXPECT_EQ(watch.look(seen("indexing", 2), milliseconds(500'000)).error().code, Errc::rejected);
}

}  // namespace
}  // namespace billow::rollup
