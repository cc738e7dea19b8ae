#include "elastic/cluster.hpp"

#include "elastic/abilities.hpp"
#include "fake_server.hpp"
#include "run_task.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace billow::elastic {
namespace {

/// Tries follow each other at once.
RetryPolicy without_pauses(int attempts_max = 8) {
  RetryPolicy policy;
  policy.attempts_max = attempts_max;
  policy.jitter = [] { return 0.0; };
  return policy;
}

std::unique_ptr<Cluster> connect(std::vector<http::Url> urls,
                                 RetryPolicy retry = without_pauses()) {
  Config config;
  config.urls = std::move(urls);
  return Cluster::connect(std::move(config), std::move(retry)).value();
}

/// A secret in a file of its own.
class SecretFile {
 public:
  explicit SecretFile(const std::string& text) : folder_(testing::TempDir() + "billow-key-XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    write(text);
  }
  ~SecretFile() {
    std::remove(path().c_str());
    std::remove(folder_.c_str());
  }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;

  void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }
  std::string path() const { return folder_ + "/key"; }

 private:
  std::string folder_;
};

TEST(Cluster, RepeatsPassingTroubleAndReturnsTheAnswer) {
  int calls = 0;
  FakeServer server([&calls](const Received&) {
    static constexpr int statuses[] = {503, 429, 502, 504, 200};
    return Reply(statuses[calls++], R"({"done":true})");
  });
  const auto cluster = connect({server.url()});
  const auto body = run_task(cluster->request("POST", "/_aliases", R"({"actions":[]})"));
  ASSERT_TRUE(body) << body.error().detail;
  EXPECT_EQ(*body, R"({"done":true})");
  const auto received = server.received();
  ASSERT_EQ(received.size(), 5u);
  for (const Received& request : received) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.body, R"({"actions":[]})");
    EXPECT_EQ(request.headers.at("content-type"), "application/json");
  }
}

TEST(Cluster, AsksAnAliasAgainWhenAnIndexBehindItWasDeleted) {
  int calls = 0;
  FakeServer server([&calls](const Received&) {
    if (calls++ > 0) return Reply(200, "{}");
    return Reply(404,
                 R"({"error":{"type":"index_not_found_exception","index":"usage-of-another"}})");
  });
  const auto cluster = connect({server.url()});
  const auto body = run_task(cluster->request("POST", "/usage/_search", "{}"));
  ASSERT_TRUE(body) << body.error().detail;
  EXPECT_EQ(server.received().size(), 2u);
}

TEST(Cluster, RepeatsWhenSomethingInBetweenAnswers) {
  for (const int status : {200, 404}) {
    int calls = 0;
    FakeServer server([&calls, status](const Received&) {
      Reply reply(status, "404 page not found");
      reply.content_type = "text/plain";
      reply.made_up = calls++ < 2;
      return reply.made_up ? reply : Reply(200, "{}");
    });
    const auto cluster = connect({server.url()});
    const auto body = run_task(cluster->request("GET", "/x"));
    ASSERT_TRUE(body) << body.error().detail;
    EXPECT_EQ(*body, "{}");
    EXPECT_EQ(server.received().size(), 3u);
  }
}

TEST(Cluster, TakesNothingForMissingThatSomethingInBetweenCallsMissing) {
  FakeServer server([](const Received&) {
    Reply reply(404, "404 page not found");
    reply.content_type = "text/plain";
    reply.made_up = true;
    return reply;
  });
  const auto cluster = connect({server.url()}, without_pauses(3));
  const auto answer = run_task(cluster->call("GET", "/x?y=1"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::transient);
  EXPECT_EQ(answer.error().detail,
            "GET /x: 404 without Elasticsearch's X-elastic-product, text/plain that begins with: "
            "404 page not found (after 3 tries)");
  const auto bulk =
      run_task(cluster->bulk_once("i", std::make_shared<const std::string>("{}"), false));
  ASSERT_FALSE(bulk);
  EXPECT_EQ(bulk.error().code, Errc::transient);
}

TEST(Cluster, RepeatsAfterACutConnection) {
  int calls = 0;
  FakeServer server([&calls](const Received&) {
    Reply reply(200, std::string(1000, 'x'));
    if (calls < 2) reply.cut = calls == 0 ? Reply::Cut::in_body : Reply::Cut::before_answer;
    ++calls;
    return reply;
  });
  const auto cluster = connect({server.url()});
  const auto body = run_task(cluster->request("GET", "/x"));
  ASSERT_TRUE(body) << body.error().detail;
  EXPECT_EQ(body->size(), 1000u);
}

TEST(Cluster, GivesUpAfterTheAllowedTries) {
  FakeServer server(
      [](const Received&) { return Reply(429, R"({"error":{"type":"busy","reason":"full"}})"); });
  const auto cluster = connect({server.url()}, without_pauses(3));
  const auto answer = run_task(cluster->call("GET", "/x?y=1"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::throttled);
  EXPECT_EQ(answer.error().detail, "GET /x: 429 busy: full (after 3 tries)");
  EXPECT_EQ(server.received().size(), 3u);
}

TEST(Cluster, ReturnsOtherStatusesAsValuesAndRequestTurnsThemIntoErrors) {
  FakeServer server([](const Received&) {
    return Reply(
        404,
        R"({"error":{"type":"index_not_found_exception","reason":"no such index [x]"},"status":404})");
  });
  const auto cluster = connect({server.url()});
  EXPECT_EQ(run_task(cluster->call("GET", "/x"))->status, 404);
  const auto failed = run_task(cluster->request("GET", "/x"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::not_found);
  EXPECT_EQ(failed.error().detail, "GET /x: 404 index_not_found_exception: no such index [x]");
  EXPECT_EQ(server.received().size(), 2u);
}

TEST(Cluster, PutsTheUrlsPathInFrontOfEveryCall) {
  FakeServer server([](const Received&) { return Reply(200, "{}"); });
  http::Url url = server.url();
  url.target = "/es/";
  const auto cluster = connect({url});
  ASSERT_TRUE(run_task(cluster->call("GET", "/_cluster/health?pretty")));
  EXPECT_EQ(server.received().at(0).target, "/es/_cluster/health?pretty");
}

TEST(Cluster, GoesOnWithTheOtherNodeWhenOneIsGone) {
  FakeServer alive([](const Received&) { return Reply(200, "{}"); });
  http::Url gone;
  {
    FakeServer ended([](const Received&) { return Reply(200, "{}"); });
    gone = ended.url();
  }
  const auto cluster = connect({gone, alive.url()});
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(run_task(cluster->call("GET", "/x")));
  EXPECT_EQ(alive.received().size(), 6u);
}

TEST(Cluster, SignsInWithTheKey) {
  FakeServer server([](const Received&) { return Reply(200, "{}"); });
  const SecretFile secret("id:key\n");
  Config config;
  config.urls = {server.url()};
  config.api_key.file = secret.path();
  const auto cluster = Cluster::connect(config, without_pauses()).value();
  ASSERT_TRUE(run_task(cluster->call("GET", "/x")));
  EXPECT_EQ(server.received().at(0).headers.at("authorization"), "ApiKey aWQ6a2V5");
}

TEST(Cluster, ReadsTheSecretAgainOnceAfterA401) {
  const SecretFile secret("old:key");
  FakeServer server([&secret](const Received& request) {
    if (request.headers.at("authorization") == "ApiKey bmV3OmtleQ==") return Reply(200, "{}");
    secret.write("new:key");
    return Reply(
        401,
        R"({"error":{"type":"security_exception","reason":"unable to authenticate"},"status":401})");
  });
  Config config;
  config.urls = {server.url()};
  config.api_key.file = secret.path();
  const auto cluster = Cluster::connect(config, without_pauses()).value();
  const auto answer = run_task(cluster->request("GET", "/x"));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(server.received().size(), 2u);
}

TEST(Cluster, ReportsAWrongSecretAfterReadingItAgainOnce) {
  const SecretFile secret("id:key");
  FakeServer server([](const Received&) {
    return Reply(
        401,
        R"({"error":{"type":"security_exception","reason":"unable to authenticate"},"status":401})");
  });
  Config config;
  config.urls = {server.url()};
  config.api_key.file = secret.path();
  const auto cluster = Cluster::connect(config, without_pauses()).value();
  const auto answer = run_task(cluster->request("GET", "/x"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unauthorized);
  EXPECT_EQ(server.received().size(), 2u);
}

TEST(Cluster, RefusesToStartWithoutItsSecret) {
  Config config;
  config.urls = {http::Url::parse("http://127.0.0.1:1").value()};
  config.api_key.file = "/nowhere/key";
  const auto cluster = Cluster::connect(config);
  ASSERT_FALSE(cluster);
  EXPECT_EQ(cluster.error().code, Errc::bad_config);
  EXPECT_NE(cluster.error().detail.find("/nowhere/key"), std::string::npos);
}

Reply answer_abilities(const Received& request) {
  if (request.target.starts_with("/_nodes/")) {
    return {200, R"({"nodes":{"n":{"version":"8.19.21","roles":["data","transform"]}}})"};
  }
  if (request.target == "/_license")
    return {200, R"({"license":{"type":"basic","status":"active"}})"};
  if (request.target.starts_with("/_ilm/")) return {200, "{}"};
  if (request.target.starts_with("/_transform")) return {400, R"({"error":"unknown"})"};
  if (request.target.starts_with("/_security/")) return {405, R"({"error":"unknown"})"};
  return {200, "{}"};
}

TEST(Cluster, FindsOutOnceWhatTheClusterCanDo) {
  FakeServer server(answer_abilities);
  const auto cluster = connect({server.url()});
  for (int round = 0; round < 2; ++round) {
    const auto abilities = run_task(cluster->abilities());
    ASSERT_TRUE(abilities) << abilities.error().detail;
    EXPECT_EQ(abilities->version, "8.19.21");
    EXPECT_EQ(abilities->license, "basic");
    EXPECT_TRUE(abilities->lifecycle);
    EXPECT_FALSE(abilities->transforms);
    EXPECT_FALSE(abilities->security);
  }
  EXPECT_EQ(server.received().size(), 5u);
}

TEST(Cluster, TellsOfALicenseWhatMatters) {
  EXPECT_EQ(read_license(R"({"license":{"type":"platinum","status":"expired","uid":"x"}})"),
            "platinum, expired");
  EXPECT_EQ(read_license(R"({"license":{"type":"trial"}})"), "trial");
  EXPECT_EQ(read_license("{}"), "");
  EXPECT_EQ(read_license("<html>"), "");
}

TEST(Cluster, RefusesServerlessForWhatItIs) {
  FakeServer server([](const Received&) {
    return Reply(410, R"({"error":{"type":"api_not_available_exception","reason":
        "uri [/_nodes/http] with method [GET] exists but is not available when running in serverless mode"},
        "status":410})");
  });
  const auto cluster = connect({server.url()});
  const auto abilities = run_task(cluster->abilities());
  ASSERT_FALSE(abilities);
  EXPECT_EQ(abilities.error().code, Errc::bad_config);
  EXPECT_NE(abilities.error().detail.find("Serverless"), std::string::npos);
}

TEST(Cluster, KeepsSourcesOutOfBulkErrorsWhereTheVersionKnowsHow) {
  FakeServer server(answer_abilities);
  const auto cluster = connect({server.url()});
  const auto body = std::make_shared<const std::string>("{}\n");
  ASSERT_TRUE(run_task(cluster->bulk_once("x", body, false)));
  ASSERT_TRUE(run_task(cluster->abilities()));
  ASSERT_TRUE(run_task(cluster->bulk_once("x", body, false)));
  const auto received = server.received();
  EXPECT_EQ(received.front().target.find("include_source_on_error"), std::string::npos);
  EXPECT_NE(received.back().target.find("&include_source_on_error=false"), std::string::npos);
  EXPECT_TRUE(
      received.back().target.starts_with("/x/_bulk?filter_path=errors,took,items.*.status,"));
  EXPECT_EQ(received.back().headers.at("content-type"), "application/x-ndjson");
}

TEST(Cluster, SendsABulkRequestOnceWhateverTheAnswer) {
  FakeServer server([](const Received&) { return Reply(503, "{}"); });
  const auto cluster = connect({server.url()});
  const auto answer =
      run_task(cluster->bulk_once("x", std::make_shared<const std::string>("{}\n"), false));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(server.received().size(), 1u);
}

}  // namespace
}  // namespace billow::elastic
