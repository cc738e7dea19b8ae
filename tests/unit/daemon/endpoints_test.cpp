#include "daemon/endpoints.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

http::ServerResponse get(const std::string& path, Readiness readiness = {}) {
  http::ServerRequest request;
  request.method = "GET";
  request.path = path;
  return answer(request, readiness, [] { return std::string("a_metric 1\n"); });
}

TEST(Endpoints, AreHealthyWhileTheProgramRuns) { EXPECT_EQ(get("/-/healthy").status, 200); }

TEST(Endpoints, TellWhyTheyAreNotReady) {
  Readiness readiness;
  EXPECT_EQ(get("/-/ready", readiness).status, 503);
  readiness.reason = "connection refused";
  EXPECT_THAT(get("/-/ready", readiness).body, HasSubstr("connection refused"));
  readiness.ready = true;
  EXPECT_EQ(get("/-/ready", readiness).status, 200);
}

TEST(Endpoints, GiveMetricsInTheFormatPrometheusExpects) {
  const auto response = get("/metrics");
  EXPECT_EQ(response.body, "a_metric 1\n");
  EXPECT_THAT(response.content_type, HasSubstr("version=0.0.4"));
}

TEST(Endpoints, DoNotReflectWhatWasAsked) {
  const auto response = get("/<script>");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, Not(HasSubstr("script")));
  EXPECT_THAT(get("/").body, HasSubstr("/-/ready"));
}

}  // namespace
}  // namespace billow::daemon
