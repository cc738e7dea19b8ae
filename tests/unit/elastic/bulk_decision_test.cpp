#include "elastic/bulk_decision.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using Kind = BulkStep::Kind;
using namespace std::chrono_literals;

http::Response response(int status, std::string body = "{}") {
  http::Response made;
  made.status = status;
  made.headers.emplace_back("content-type", "application/json");
  made.body = std::move(body);
  return made;
}

BulkStep decide(int status, std::string body = "{}", std::size_t items = 2) {
  return decide_bulk(response(status, std::move(body)), items);
}

const char* const two_stored =
    R"({"errors":false,"took":1,"items":[{"create":{"status":201}},{"create":{"status":201}}]})";

TEST(BulkDecision, SettlesA200ThatSpeaksOfEveryItem) {
  const BulkStep step = decide(200, two_stored);
  EXPECT_EQ(step.kind, Kind::settle);
  EXPECT_EQ(step.answer.stored, 2u);
  EXPECT_TRUE(step.clean);
  EXPECT_FALSE(step.throttled);
}

TEST(BulkDecision, SlowsDownForASingleThrottledItem) {
  const BulkStep step =
      decide(200, R"({"errors":true,"took":1,"items":[{"create":{"status":201}},)"
                  R"({"create":{"status":429,"error":{"type":"t","reason":"r"}}}]})");
  EXPECT_EQ(step.kind, Kind::settle);
  EXPECT_TRUE(step.throttled);
  EXPECT_FALSE(step.clean);
}

TEST(BulkDecision, ResendsWhatHasNoReadableAnswer) {
  const BulkStep html = decide(200, "<html>");
  EXPECT_EQ(html.kind, Kind::resend);
  EXPECT_TRUE(html.unknown);
  EXPECT_NE(html.error.detail.find("content type application/json"), std::string::npos);
  const BulkStep fewer = decide(200, two_stored, 3);
  EXPECT_EQ(fewer.kind, Kind::resend);
  EXPECT_TRUE(fewer.unknown);
  EXPECT_TRUE(decide(202).unknown);
}

TEST(BulkDecision, ResendsAfterConnectionTrouble) {
  for (const Errc code : {Errc::transient, Errc::throttled, Errc::malformed}) {
    const BulkStep step = decide_bulk(Error{code, "cut"}, 2);
    EXPECT_EQ(step.kind, Kind::resend);
    EXPECT_TRUE(step.unknown);
  }
}

TEST(BulkDecision, StopsWhenTheCertificateIsRefusedOrWeAreAskedTo) {
  EXPECT_EQ(decide_bulk(Error{Errc::unauthorized, "wrong host"}, 2).kind, Kind::stop);
  EXPECT_EQ(decide_bulk(Error{Errc::cancelled, ""}, 2).kind, Kind::stop);
}

TEST(BulkDecision, ResendsAnOverloadedOrAbsentCluster) {
  for (const int status : {429, 500, 502, 503, 504, 408}) {
    EXPECT_EQ(decide(status).kind, Kind::resend) << status;
    EXPECT_EQ(decide(status).throttled, status == 429) << status;
  }
}

TEST(BulkDecision, KeepsWhatRetryAfterAsks) {
  http::Response busy = response(503);
  busy.headers.emplace_back("retry-after", "5");
  EXPECT_EQ(decide_bulk(busy, 2).retry_after, 5s);
  http::Response full = response(429);
  full.headers.emplace_back("retry-after", "7");
  EXPECT_EQ(decide_bulk(full, 2).retry_after, 7s);
  EXPECT_EQ(decide(503).retry_after, std::nullopt);
}

TEST(BulkDecision, HalvesWhatIsTooLargeOrRefusedAsAWhole) {
  EXPECT_EQ(decide(413).kind, Kind::halve);
  const BulkStep bad =
      decide(400, R"({"error":{"type":"illegal_argument_exception",)"
                  R"("reason":"Malformed action/metadata line [3]"},"status":400})");
  EXPECT_EQ(bad.kind, Kind::halve);
  EXPECT_NE(bad.error.detail.find("Malformed action/metadata line [3]"), std::string::npos);
  EXPECT_EQ(decide_bulk(Error{Errc::over_limit, "answer"}, 2).kind, Kind::halve);
}

TEST(BulkDecision, DoesNotBlameLinesForAFaultOfTheRequest) {
  EXPECT_EQ(
      decide(
          400,
          R"({"error":{"type":"illegal_argument_exception","reason":"request [/x/_bulk] contains )"
          R"(unrecognized parameter: [include_source_on_error]"},"status":400})")
          .kind,
      Kind::stop);
  EXPECT_EQ(
      decide(400,
             R"({"error":{"type":"media_type_header_exception","reason":"Invalid"},"status":400})")
          .kind,
      Kind::stop);
}

TEST(BulkDecision, StopsWhereAPersonMustAct) {
  EXPECT_EQ(decide(401).error.code, Errc::unauthorized);
  EXPECT_EQ(decide(403).error.code, Errc::unauthorized);
  EXPECT_EQ(decide(404).error.code, Errc::not_found);
  for (const int status : {301, 302, 307, 401, 403, 404, 405, 415})
    EXPECT_EQ(decide(status).kind, Kind::stop) << status;
}

TEST(BulkDecision, WaitsForAFullDisk) {
  const BulkStep step =
      decide(403, R"({"error":{"type":"cluster_block_exception","reason":"index [x] blocked by: )"
                  R"([FORBIDDEN/12/index read-only / allow delete (api)];"},"status":403})");
  EXPECT_EQ(step.kind, Kind::resend);
}

}  // namespace
}  // namespace billow::elastic
