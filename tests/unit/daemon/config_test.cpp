#include "daemon/config.hpp"

#include "feed/elastic_cloud.hpp"

#include <gmock/gmock.h>

#include <array>
#include <fstream>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* good_feed = R"(
feeds:
  - id: aws-main
    kind: aws/cur2
    location: s3://bucket/some/prefix/
    export: E
)";

std::vector<std::string> problems_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const ConfigProblem& problem : parse_configuration(text, "b.yml").problems)
    lines.push_back(to_string(problem, "b.yml"));
  return lines;
}

/// The problems of a configuration whose elasticsearch block is this.
std::vector<std::string> elastic_problems(const std::string& block) {
  return problems_of("elasticsearch:\n" + block + good_feed);
}

/// The problems of a configuration whose only feed has these further lines.
std::vector<std::string> feed_problems(const std::string& lines) {
  return problems_of("elasticsearch: { url: http://127.0.0.1:9200 }\nfeeds:\n" + lines);
}

TEST(Configuration, TakesTheLeastThatIsNeeded) {
  const auto outcome = parse_configuration(
      "elasticsearch:\n  url: http://127.0.0.1:9200\n" + std::string(good_feed), "b.yml");
  ASSERT_TRUE(outcome.configuration) << to_string(outcome.problems.at(0), "b.yml");
  const Configuration& config = *outcome.configuration;
  EXPECT_EQ(config.file, "b.yml");
  EXPECT_EQ(config.elasticsearch.urls.size(), 1U);
  EXPECT_EQ(config.elasticsearch.setup, elastic::SetupMode::automatic);
  EXPECT_EQ(config.listen.port, 9464);
  EXPECT_EQ(config.lease, 30s);
  ASSERT_EQ(config.feeds.size(), 1U);
  EXPECT_EQ(config.feeds[0].location.bucket, "bucket");
  EXPECT_EQ(config.feeds[0].location.prefix, "some/prefix");
  EXPECT_EQ(config.feeds[0].every, 1h);
  EXPECT_FALSE(config.feeds[0].since);
}

TEST(Configuration, ReadsEveryKey) {
  const auto outcome = parse_configuration(R"(
elasticsearch:
  url: [https://a.example:9200, https://b.example:9200]
  username: billow
  password: { file: /run/secrets/password }
  ca_file: /ca.pem
  certificate_file: /cert.pem
  key_file: /key.pem
  setup: manual
  compression: on
  bulk: { size: 8MiB, connections: 4 }
  request_timeout: 30s
  replicas: 0
http: { listen: "[::1]:0" }
lease: 1m30s
log: { level: debug, format: json }
feeds:
  - id: a-1
    kind: aws/focus
    location: file:///data/copy/
    export: E
    every: 15m
    since: 2026-01
    dead_letters: publish
  - id: b
    kind: aws/cur2
    location: s3://bucket
    export: E
    s3:
      region: eu-central-1
      endpoint: http://127.0.0.1:9000
      path_style: true
      profile: billing
      role_arn: arn:aws:iam::123456789012:role/billow
      external_id: xyz
      role_session_name: name
      sts_endpoint: http://127.0.0.1:9001
)",
                                           "b.yml");
  ASSERT_TRUE(outcome.configuration) << to_string(outcome.problems.at(0), "b.yml");
  const elastic::Config& elastic = outcome.configuration->elasticsearch;
  EXPECT_EQ(elastic.urls.at(1).host, "b.example");
  EXPECT_EQ(elastic.username, "billow");
  EXPECT_EQ(elastic.password.file, "/run/secrets/password");
  EXPECT_EQ(elastic.tls.key_file, "/key.pem");
  EXPECT_EQ(elastic.setup, elastic::SetupMode::manual);
  EXPECT_EQ(elastic.compression, elastic::Compression::on);
  EXPECT_EQ(elastic.bulk_bytes, 8 * limits::MiB);
  EXPECT_EQ(elastic.bulk_connections, 4U);
  EXPECT_EQ(elastic.request_timeout, 30s);
  EXPECT_EQ(elastic.replicas, 0);
  EXPECT_EQ(outcome.configuration->listen.address, "::1");
  EXPECT_EQ(outcome.configuration->listen.port, 0);
  EXPECT_EQ(outcome.configuration->lease, 90s);
  EXPECT_EQ(outcome.configuration->log.format, LogFormat::json);
  const feed::FeedConfig& folder = outcome.configuration->feeds.at(0);
  EXPECT_EQ(folder.location.path, "/data/copy");
  EXPECT_EQ(folder.every, 15min);
  EXPECT_EQ(folder.since, "2026-01");
  EXPECT_EQ(folder.dead_letters, feed::DeadLetterPolicy::publish);
  const feed::S3Config& s3 = outcome.configuration->feeds.at(1).s3;
  EXPECT_TRUE(s3.path_style);
  EXPECT_EQ(s3.role_session_name, "name");
  EXPECT_EQ(s3.sts_endpoint, "http://127.0.0.1:9001");
}

TEST(Configuration, ReportsEverythingAtOnceInTheOrderOfTheFile) {
  const auto problems = problems_of(R"(elasticsearch:
  urls: http://127.0.0.1:9200
  replicas: many
feeds:
  - id: AWS
    kind: aws/cur3
    location: bucket/prefix
    export: E
    every: 15
)");
  EXPECT_THAT(
      problems,
      ElementsAre(
          "b.yml:2:3: elasticsearch: has no 'url'; expected a URL such as "
          "https://elastic.example.com:9200",
          "b.yml:2:3: elasticsearch.urls: is unknown; did you mean url?",
          "b.yml:3:13: elasticsearch.replicas: is 'many'; expected a whole number from 0 to 10",
          "b.yml:5:9: feeds[0].id: is 'AWS'; expected 1 to 40 of a-z, 0-9 and '-'",
          "b.yml:6:11: feeds[0].kind: is 'aws/cur3', which is unknown; expected aws/cur2, "
          "aws/focus or elastic-cloud/costs (did you mean aws/cur2?)",
          "b.yml:7:15: feeds[0].location: is 'bucket/prefix'; expected s3://bucket/prefix or "
          "file:///folder",
          "b.yml:9:12: feeds[0].every: is '15'; expected a duration with its unit, such as 90s, "
          "15m, "
          "1h or 1d"));
}

struct BadCase {
  const char* lines;
  const char* expected;
};

TEST(Config, NamesAMistypedKeyOfASecretAndThatThePlaceIsMissing) {
  EXPECT_THAT(elastic_problems("  url: http://127.0.0.1:9200\n  api_key: { enf: A }\n  "),
              ElementsAre(HasSubstr("elasticsearch.api_key: names no place"),
                          HasSubstr("did you mean env?")));
}

class BadElasticsearch : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadElasticsearch, IsNamed) {
  EXPECT_THAT(elastic_problems(GetParam().lines), ElementsAre(HasSubstr(GetParam().expected)));
}
INSTANTIATE_TEST_SUITE_P(
    Config, BadElasticsearch,
    ::testing::Values(
        BadCase{"  url: nonsense\n", "elasticsearch.url: is 'nonsense', which is no URL"},
        BadCase{"  url: []\n", "elasticsearch.url: is an empty list"},
        BadCase{"  url:\n", "elasticsearch.url: has no value"},
        BadCase{"  url: [http://127.0.0.1:9200, ftp://x]\n", "elasticsearch.url[1]: is 'ftp://x'"},
        BadCase{"  url: http://127.0.0.1:9200\n  url: http://127.0.0.1:9201\n",
                "b.yml:3:3: elasticsearch.url: stands here a second time"},
        BadCase{"  url: http://127.0.0.1:9200\n  setup: auto\n",
                "is 'auto'; expected automatic or manual"},
        BadCase{"  url: http://127.0.0.1:9200\n  compression: gzip\n",
                "elasticsearch.compression: is 'gzip'"},
        BadCase{"  url: http://127.0.0.1:9200\n  bulk: { size: 5 }\n",
                "elasticsearch.bulk.size: is '5'; expected a size with its unit"},
        BadCase{"  url: http://127.0.0.1:9200\n  bulk: { size: 500MiB }\n",
                "expected a size from 64 KiB to 50 MiB"},
        BadCase{"  url: http://127.0.0.1:9200\n  bulk: { connections: 99 }\n",
                "expected a whole number from 1 to 16"},
        BadCase{"  url: http://127.0.0.1:9200\n  bulk: 5MiB\n",
                "elasticsearch.bulk: is '5MiB'; expected a block of keys"},
        BadCase{"  url: http://127.0.0.1:9200\n  request_timeout: 1ms\n",
                "expected a duration from 1s to 1h"},
        BadCase{"  url: http://127.0.0.1:9200\n  replicas: \"1\"\n",
                "is '1' in quotes; expected a whole number"},
        BadCase{"  url: http://127.0.0.1:9200\n  username: u\n",
                "has a 'username' without 'password'"},
        BadCase{"  url: http://127.0.0.1:9200\n  password: { env: P }\n",
                "has a 'password' without 'username'"},
        BadCase{"  url: http://127.0.0.1:9200\n  certificate_file: /c\n",
                "only one of 'certificate_file' and 'key_file'"},
        BadCase{"  url: http://127.0.0.1:9200\n  api_key: { env: A, file: /b }\n",
                "names two places"},
        BadCase{"  url: http://127.0.0.1:9200\n  api_key: {}\n", "names no place"},
        BadCase{"  url: http://elastic.example:9200\n  api_key: { env: A }\n",
                "would send its secret to elastic.example:9200 unencrypted; expected https"}));

class SameEndpoint : public ::testing::TestWithParam<std::array<const char*, 2>> {};
TEST_P(SameEndpoint, IsOneSourceHoweverItIsSpelled) {
  std::string buckets;
  std::string clouds;
  for (const std::string endpoint : GetParam()) {
    buckets += "  - { id: f" + std::to_string(buckets.size()) +
               ", kind: aws/cur2, location: \"s3://bucket\", export: E, s3: { endpoint: \"" +
               endpoint + "\" } }\n";
    clouds += "  - { id: f" + std::to_string(clouds.size()) +
              ", kind: elastic-cloud/costs, organization: 1, since: 2026-01, elastic_cloud: { "
              "endpoint: \"" +
              endpoint + "\" } }\n";
  }
  EXPECT_THAT(feed_problems(buckets), ElementsAre(HasSubstr("reads the same export as feeds[0]")));
  EXPECT_THAT(feed_problems(clouds),
              ElementsAre(HasSubstr("reads the same organisation as feeds[0]")));
}
INSTANTIATE_TEST_SUITE_P(
    Config, SameEndpoint,
    ::testing::Values(std::array{"http://127.0.0.1:9000", "http://127.0.0.1:9000/"},
                      std::array{"https://billing.example", "https://billing.example:443"},
                      std::array{"https://billing.example", "https://Billing.Example//"},
                      std::array{"https://billing.example/a", "HTTPS://billing.example/a/"}));

TEST(Configuration, TakesEndpointsThatDifferForTwoSources) {
  std::string feeds;
  for (const char* endpoint :
       {"http://127.0.0.1:9000", "http://127.0.0.1:9001", "https://127.0.0.1:9000",
        "http://127.0.0.1:9000/A", "http://127.0.0.1:9000/a"})
    feeds += "  - { id: f" + std::to_string(feeds.size()) +
             ", kind: aws/cur2, location: \"s3://bucket\", export: E, s3: { endpoint: \"" +
             endpoint + "\" } }\n";
  EXPECT_THAT(feed_problems(feeds), ElementsAre());
}

class BadFeed : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadFeed, IsNamed) {
  EXPECT_THAT(feed_problems(GetParam().lines), ElementsAre(HasSubstr(GetParam().expected)));
}
#define CLOUD(id, more) "  - { id: " id ", kind: elastic-cloud/costs" more " }\n"
#define FEED(id, location) "  - { id: " id ", kind: aws/cur2, location: \"" location "\", export: E"
INSTANTIATE_TEST_SUITE_P(
    Config, BadFeed,
    ::testing::Values(
        BadCase{FEED("a", "file:///x") ", s3: { region: r } }\n",
                "feeds[0].s3: stands beside a file:// location"},
        BadCase{FEED("a", "file://relative") " }\n", "feeds[0].location: is 'file://relative'"},
        BadCase{FEED("a", "s3://B_ad") " }\n", "is 's3://B_ad', whose bucket cannot be one"},
        BadCase{FEED("a", "s3://bucket") ", since: 2026-13 }\n",
                "is '2026-13'; expected a month such as 2026-01"},
        BadCase{FEED("a", "s3://bucket") ", since: 2026-1 }\n", "expected a month"},
        BadCase{FEED("a", "s3://bucket") ", dead_letters: drop }\n",
                "is 'drop'; expected withhold or publish"},
        BadCase{FEED("a", "s3://bucket") ", every: 0s }\n", "expected a duration from 1s to 31d"},
        BadCase{FEED("a", "s3://bucket") ", frequency: 1h }\n",
                "feeds[0].frequency: is unknown; expected id, kind"},
        BadCase{FEED("a", "s3://bucket") ", s3: { path_style: yes } }\n",
                "is 'yes'; expected true or false"},
        BadCase{FEED("a", "s3://bucket") ", s3: { endpoint: localhost } }\n",
                "feeds[0].s3.endpoint: is 'localhost'"},
        BadCase{FEED("a", "s3://bucket") ", s3: { endpoint: \"http://127.0.0.1:9000/?a\" } }\n",
                "feeds[0].s3.endpoint: is 'http://127.0.0.1:9000/?***', which is no URL of a "
                "service (it holds a query)"},
        BadCase{FEED("a", "s3://bucket") ", s3: { region: us east } }\n",
                "feeds[0].s3.region: is 'us east'; expected a region such as eu-central-1"},
        BadCase{FEED("a", "s3://bucket") ", s3: { sts_endpoint: \"http://sts.example.com\" } }\n",
                "feeds[0].s3.sts_endpoint: would get its secrets from sts.example.com "
                "unencrypted; expected https"},
        BadCase{FEED("a", "s3://bucket") ", s3: { external_id: x } }\n",
                "'external_id' without 'role_arn'"},
        BadCase{"  - { id: a, kind: aws/cur2, location: \"s3://bucket\" }\n",
                "feeds[0]: has no 'export'"},
        BadCase{"  - { id: a, kind: aws/cur2, location: \"s3://bucket\", export: p/E }\n",
                "expected the export's name"},
        BadCase{"  - just-a-word\n", "feeds[0]: is 'just-a-word'; expected a block of keys"},
        BadCase{"  []\n", "feeds: is an empty list"}, BadCase{"  id: a\n", "feeds: is no list"},
        BadCase{FEED("same", "s3://bucket/a") " }\n" FEED("same", "s3://bucket/b") " }\n",
                "feeds[1]: has the id 'same' of feeds[0]"},
        BadCase{FEED("a", "s3://bucket/p/") " }\n" FEED("b", "s3://bucket//p") " }\n",
                "feeds[1]: reads the same export as feeds[0]"},
        BadCase{FEED("a", "file:///x/../y") " }\n" FEED("b", "file:///y/") " }\n",
                "feeds[1]: reads the same export as feeds[0]"},
        BadCase{FEED("a", "s3://bucket") ", organization: \"1\" }\n",
                "feeds[0].organization: does not belong to aws/cur2"},
        BadCase{FEED("a", "s3://bucket") ", elastic_cloud: { currency: EUR } }\n",
                "feeds[0].elastic_cloud: does not belong to aws/cur2"},
        BadCase{CLOUD("a", ", since: 2026-01"), "feeds[0]: has no 'organization'"},
        BadCase{CLOUD("a", ", organization: 1"), "feeds[0]: has no 'since'"},
        BadCase{CLOUD("a", ", organization: 1/2, since: 2026-01"),
                "feeds[0].organization: is '1/2'"},
        BadCase{CLOUD("a", ", organization: 1, since: 2020-12"),
                "is '2020-12'; expected 2021-01 or later"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, location: \"s3://bucket\""),
                "feeds[0].location: does not belong to elastic-cloud/costs"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, export: E"),
                "feeds[0].export: does not belong to elastic-cloud/costs"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, s3: { region: r }"),
                "feeds[0].s3: does not belong to elastic-cloud/costs"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { currency: eur }"),
                "elastic_cloud.currency: is 'eur'; expected a code of ISO 4217"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { currency: ECU }"),
                "elastic_cloud.currency: is 'ECU'; expected a code of ISO 4217"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { ecu_price: 0 }"),
                "elastic_cloud.ecu_price: is '0'; expected the price of one ECU"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { ecu_price: -1 }"),
                "elastic_cloud.ecu_price: is '-1'"},
        BadCase{
            CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { ecu_price: 1 USD }"),
            "elastic_cloud.ecu_price: is '1 USD'"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { ecu_price: [] }"),
                "elastic_cloud.ecu_price: is an empty list"},
        BadCase{CLOUD("a",
                      ", organization: 1, since: 2026-01, elastic_cloud: "
                      "{ ecu_price: [{ since: 2026-02, price: 1 }] }"),
                "feeds[0]: has no ecu_price for 2026-01"},
        BadCase{
            CLOUD("a",
                  ", organization: 1, since: 2026-01, elastic_cloud: "
                  "{ ecu_price: [{ since: 2026-01, price: 1 }, { since: 2026-01, price: 2 }] }"),
            "ecu_price[1]: counts from 2026-01, which is not after 2026-01"},
        BadCase{CLOUD("a",
                      ", organization: 1, since: 2026-01, elastic_cloud: "
                      "{ ecu_price: [{ since: 2026-1, price: 1 }] }"),
                "ecu_price[0].since: is '2026-1'; expected a month"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { api_key: {} }"),
                "elastic_cloud.api_key: names no place"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01, elastic_cloud: { endpoint: x }"),
                "elastic_cloud.endpoint: is 'x', which is no URL"},
        BadCase{CLOUD("a",
                      ", organization: 1, since: 2026-01, elastic_cloud: "
                      "{ endpoint: \"https://x/?a=b\" }"),
                "elastic_cloud.endpoint: is 'https://x/?***', which is no URL"},
        BadCase{CLOUD("a",
                      ", organization: 1, since: 2026-01, elastic_cloud: "
                      "{ endpoint: \"http://billing.example\" }"),
                "would send its secret to billing.example unencrypted; expected https"},
        BadCase{CLOUD("a", ", organization: 1, since: 2026-01")
                    CLOUD("b",
                          ", organization: 1, since: 2025-01, elastic_cloud: "
                          "{ endpoint: \"https://cloud.elastic.co/\" }"),
                "feeds[1]: reads the same organisation as feeds[0]"}));

TEST(Configuration, ReadsAFeedOfElasticCloud) {
  const auto outcome = parse_configuration(R"(
elasticsearch: { url: http://127.0.0.1:9200 }
feeds:
  - id: least
    kind: elastic-cloud/costs
    organization: 1234567890
    since: 2026-01
  - id: most
    kind: elastic-cloud/costs
    organization: "42"
    since: 2025-07
    every: 1d
    dead_letters: publish
    elastic_cloud:
      api_key: { file: /run/secrets/key }
      endpoint: https://billing.example/elastic/
      ca_file: /ca.pem
      currency: EUR
      ecu_price: [{ since: 2025-01, price: 0.850 }, { since: 2026-01, price: 0.8 }]
)",
                                           "b.yml");
  ASSERT_TRUE(outcome.configuration) << to_string(outcome.problems.at(0), "b.yml");
  const feed::FeedConfig& least = outcome.configuration->feeds.at(0);
  EXPECT_EQ(least.elastic_cloud.organization, "1234567890");
  EXPECT_EQ(least.elastic_cloud.endpoint, "https://cloud.elastic.co");
  EXPECT_EQ(least.elastic_cloud.api_key.env, "EC_API_KEY");
  EXPECT_EQ(least.elastic_cloud.currency, "USD");
  EXPECT_EQ(feed::ecu_price_of(least.elastic_cloud, "2026-01"), "1");
  EXPECT_EQ(least.every, 6h);
  const feed::FeedConfig& most = outcome.configuration->feeds.at(1);
  EXPECT_EQ(most.elastic_cloud.api_key.file, "/run/secrets/key");
  EXPECT_EQ(most.elastic_cloud.api_key.env, "");
  EXPECT_EQ(most.elastic_cloud.endpoint, "https://billing.example/elastic");
  EXPECT_EQ(most.elastic_cloud.ca_file, "/ca.pem");
  EXPECT_EQ(most.elastic_cloud.currency, "EUR");
  ASSERT_EQ(most.elastic_cloud.ecu_prices.size(), 2U);
  EXPECT_EQ(feed::ecu_price_of(most.elastic_cloud, "2025-12"), "0.85");
  EXPECT_EQ(feed::ecu_price_of(most.elastic_cloud, "2026-01"), "0.8");
  EXPECT_EQ(most.since, "2025-07");
  EXPECT_EQ(most.every, 24h);
}

TEST(Configuration, RefusesALeaseTooShortToRenewOrTooLongToWaitFor) {
  for (const char* lease : {"1s", "11m", "30"}) {
    const auto problems = problems_of(
        "elasticsearch: { url: http://127.0.0.1:9200 }\nlease: " + std::string(lease) + good_feed);
    EXPECT_THAT(problems, ElementsAre(HasSubstr("lease: is '" + std::string(lease) + "'")))
        << lease;
  }
}

TEST(Configuration, LetsTheSameBucketNameAtTwoEndpointsBeTwoExports) {
  EXPECT_THAT(feed_problems(FEED("a", "s3://bucket") " }\n" FEED(
                  "b", "s3://bucket") ", s3: { endpoint: \"http://127.0.0.1:9000\" } }\n"),
              ElementsAre());
}

TEST(Configuration, NeverRepeatsASecretThatStandsInTheFile) {
  for (const char* block : {"  url: http://127.0.0.1:9200\n  api_key: hunter2\n",
                            "  url: http://127.0.0.1:9200\n  username: u\n  password: hunter2\n",
                            "  url: http://user:hunter2@127.0.0.1:9200\n",
                            "  url: [http://user:hunter2@127.0.0.1:9200/x]\n"}) {
    const auto problems = elastic_problems(block);
    ASSERT_FALSE(problems.empty()) << block;
    for (const std::string& problem : problems) EXPECT_THAT(problem, Not(HasSubstr("hunter2")));
    EXPECT_THAT(problems.front(), HasSubstr("{ env: NAME }"));
  }
  for (const char* secret : {"api_key: hunter2", "endpoint: \"https://u:hunter2@x\""})
    EXPECT_THAT(
        feed_problems(std::string("  - { id: a, kind: elastic-cloud/costs, organization: 1, "
                                  "since: 2026-01, elastic_cloud: { ") +
                      secret + " } }\n"),
        ElementsAre(::testing::AllOf(HasSubstr("{ env: NAME }"), Not(HasSubstr("hunter2")))))
        << secret;
  const auto s3 =
      feed_problems(FEED("a", "s3://bucket") ", s3: { secret_access_key: hunter2 } }\n");
  EXPECT_THAT(s3, ElementsAre(::testing::AllOf(HasSubstr("holds the secret itself"),
                                               Not(HasSubstr("hunter2")))));
}

TEST(Configuration, TakesOldBooleansForCompression) {
  for (const auto& [word, expected] :
       {std::pair("off", elastic::Compression::off), std::pair("false", elastic::Compression::off),
        std::pair("true", elastic::Compression::on)}) {
    const auto outcome = parse_configuration(
        std::string("elasticsearch:\n  url: http://127.0.0.1:9200\n  compression: ") + word +
            good_feed,
        "b.yml");
    ASSERT_TRUE(outcome.configuration);
    EXPECT_EQ(outcome.configuration->elasticsearch.compression, expected) << word;
  }
}

TEST(Configuration, NamesThePlaceWhereYamlEnds) {
  EXPECT_THAT(problems_of("elasticsearch:\n  url: [http://x\nfeeds: {\n"),
              ElementsAre(::testing::StartsWith("b.yml:")));
  EXPECT_THAT(problems_of("a: b: c\n"), ElementsAre(HasSubstr("is no YAML")));
  EXPECT_THAT(problems_of(""), ElementsAre(HasSubstr("holds no configuration")));
  EXPECT_THAT(problems_of("- a list\n"), ElementsAre(HasSubstr("holds no configuration")));
  EXPECT_THAT(problems_of("a: 1\n---\nb: 2\n"),
              ElementsAre(AllOf(HasSubstr(":3:1: "), HasSubstr("holds 2 YAML documents"))));
}

TEST(Configuration, RefusesABadAddressToListenOn) {
  for (const char* listen : {"localhost:9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999",
                             "::1:9464", "[127.0.0.1]:1"})
    EXPECT_THAT(problems_of("elasticsearch: { url: http://127.0.0.1:9200 }\nhttp: { listen: \"" +
                            std::string(listen) + "\" }" + good_feed),
                ElementsAre(HasSubstr("http.listen: is '" + std::string(listen) +
                                      "'; expected an IP address")))
        << listen;
}

TEST(Configuration, OfAFileThatIsNotThereIsOneClearProblem) {
  const auto outcome = load_configuration("/nowhere/billow.yml");
  ASSERT_EQ(outcome.problems.size(), 1U);
  EXPECT_EQ(to_string(outcome.problems[0], "/nowhere/billow.yml"),
            "/nowhere/billow.yml: cannot be read: No such file or directory");
  EXPECT_THAT(load_configuration("/").problems.at(0).what, HasSubstr("is a folder"));
}

TEST(Configuration, TheShippedExampleIsValid) {
  const auto outcome = load_configuration(BILLOW_SOURCE_DIR "/billow.example.yml");
  for (const ConfigProblem& problem : outcome.problems)
    ADD_FAILURE() << to_string(problem, "billow.example.yml");
  EXPECT_TRUE(outcome.configuration);
}

}  // namespace
}  // namespace billow::daemon
