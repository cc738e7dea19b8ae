#include "engine.hpp"

#include "../run_task.hpp"

#include <cstdlib>
#include <random>

namespace billow::elastic {

std::unique_ptr<Cluster> EngineTest::connect() {
  Config config;
  config.urls = {http::Url::parse(std::getenv("BILLOW_TEST_ES_URL")).value()};
  return Cluster::connect(std::move(config)).value();
}

void EngineTest::SetUp() {
  const char* url = std::getenv("BILLOW_TEST_ES_URL");
  if (url == nullptr || *url == '\0')
    GTEST_SKIP() << "BILLOW_TEST_ES_URL names no engine (./run es start prints one)";
  cluster_ = connect();
  feed_ = "test-" + std::to_string(std::random_device{}());
}

void EngineTest::TearDown() {
  if (!cluster_) return;
  const auto deleted = run_task(
      cluster_->call("DELETE", "/billow-charges-" + feed_ + "-2026-06?ignore_unavailable=true"));
  EXPECT_TRUE(deleted && deleted->status == 200);
}

std::string EngineTest::ask(const std::string& method, const std::string& path,
                            const std::string& body) {
  const auto answer = run_task(cluster_->request(method, path, body));
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().detail);
  return answer ? *answer : "";
}

SetupParts EngineTest::parts() {
  SetupParts parts;
  const auto abilities = run_task(cluster_->abilities());
  EXPECT_TRUE(abilities);
  parts.lifecycle = abilities && abilities->lifecycle;
  return parts;
}

void EngineTest::install() {
  const auto steps = run_task(plan_setup(*cluster_, parts()));
  ASSERT_TRUE(steps) << steps.error().detail;
  const auto applied = run_task(apply_setup(*cluster_, *steps));
  ASSERT_TRUE(applied) << applied.error().detail;
}

}  // namespace billow::elastic
