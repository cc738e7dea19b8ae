#include "fetch/elastic_cloud_store.hpp"

#include "base/deadline.hpp"
#include "base/limits.hpp"
#include "unit/http/gzip.hpp"
#include "unit/http/scripted_server.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <gmock/gmock.h>

#include <mutex>
#include <thread>

namespace billow::fetch {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* secret_key = "hunter2==";

/// Answers every request by a function, and keeps what was asked.
class FakeElasticCloud {
 public:
  struct Answer {
    std::string bytes;
    bool cut = false;  ///< the connection is closed behind it
  };
  using Answers = std::function<Answer(int number, const std::string& request)>;

  explicit FakeElasticCloud(Answers answers)
      : answers_(std::move(answers)), server_({[this](test::Peer& peer) { play(peer); }}) {}
  std::string url() const { return server_.url(""); }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void play(test::Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty();
         request = peer.read_request()) {
      Answer answer;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        answer = answers_(static_cast<int>(requests_.size()), request);
      }
      peer.send(answer.bytes);
      if (answer.cut) return;
    }
  }

  Answers answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  test::ScriptedServer server_;
};

/// The day that a request asks for: "2026-06-01".
std::string asked_day(const std::string& request) {
  return request.substr(request.find("from=") + 5, 10);
}

std::string bill_of(const std::string& request) {
  return R"({"total_ecu":1.0,"instances":[{"id":")" + asked_day(request) + R"("}]})";
}

Task<std::string> read_to_end(ObjectStore& store, ObjectInfo object) {
  auto reader = co_await store.open(std::move(object));
  if (!reader) co_return reader.error();
  std::string bytes;
  std::vector<char> block(7'000);
  for (;;) {
    auto count = co_await (*reader)->read_some(block);
    if (!count) co_return count.error();
    if (*count == 0) co_return bytes;
    bytes.append(block.data(), *count);
  }
}

class ElasticCloudStoreTest : public testing::Test {
 protected:
  void serve(FakeElasticCloud::Answers answers) {
    fake_ = std::make_unique<FakeElasticCloud>(std::move(answers));
    connect(fake_->url());
  }
  void serve_bills() {
    serve([](int, const std::string& request) -> FakeElasticCloud::Answer {
      return {test::http_answer(bill_of(request))};
    });
  }
  void connect(const std::string& endpoint) {
    ElasticCloudStore::Settings settings;
    settings.config.organization = "123";
    settings.config.endpoint = endpoint;
    settings.endpoint = http::Url::parse(endpoint).value();
    settings.api_key = key_;
    settings.http.request_timeout = 500ms;
    settings.retry.attempts_max = 4;
    settings.retry.first = 1ms;
    settings.retry.cap = 50ms;
    settings.clock = [this] { return parse_time(clock_).value(); };
    store_ = std::make_unique<ElasticCloudStore>(std::move(settings), pool_);
  }
  Result<std::vector<ObjectInfo>> list(std::string prefix) {
    return test::run(context_, store_->list(std::move(prefix)));
  }
  Result<std::string> read(ObjectInfo object) {
    return test::run(context_, read_to_end(*store_, std::move(object)));
  }
  Error refused(const std::string& answer) {
    serve([answer](int, const std::string&) -> FakeElasticCloud::Answer { return {answer}; });
    const auto listed = list("instances/2026-06-01");
    EXPECT_FALSE(listed);
    return listed ? Error{Errc::cancelled, "no error"} : listed.error();
  }

  std::string clock_ = "2026-06-03T12:00:00Z";
  std::string key_ = secret_key;
  WorkerPool pool_{1};
  boost::asio::io_context context_;
  std::unique_ptr<FakeElasticCloud> fake_;
  std::unique_ptr<ElasticCloudStore> store_;
};

TEST_F(ElasticCloudStoreTest, ListsTheDaysThatAreOverByWhatIsAnsweredAboutEach) {
  serve_bills();
  const auto listed = list("instances/2026-06");
  ASSERT_TRUE(listed) << listed.error().detail;
  ASSERT_THAT(*listed, SizeIs(2));
  EXPECT_EQ(listed->at(0).key, "instances/2026-06-01.json");
  EXPECT_EQ(listed->at(1).key, "instances/2026-06-02.json");
  EXPECT_THAT(listed->at(0).etag, SizeIs(64));
  EXPECT_NE(listed->at(0).etag, listed->at(1).etag);
  EXPECT_EQ(read(listed->at(1)).value(), bill_of(fake_->requests().at(1)));
  EXPECT_EQ(listed->at(1).size, bill_of(fake_->requests().at(1)).size());
  ASSERT_THAT(fake_->requests(), SizeIs(2)) << "what was listed is kept";
  const std::string request = fake_->requests().at(0);
  EXPECT_THAT(request, StartsWith("GET /api/v2/billing/organizations/123/costs/instances"
                                  "?include_names=true&from=2026-06-01T00:00:00Z"
                                  "&to=2026-06-02T00:00:00Z HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("authorization: ApiKey hunter2==\r\n"));
}

TEST_F(ElasticCloudStoreTest, TheSameAnswerHasTheSameEtag) {
  serve_bills();
  const auto first = list("instances/2026-06");
  const auto second = list("instances/2026-06");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->at(0).etag, second->at(0).etag);
  EXPECT_THAT(fake_->requests(), SizeIs(4)) << "a listing asks anew";
}

TEST_F(ElasticCloudStoreTest, TheEtagIsTheSha256OfTheBytes) {
  EXPECT_EQ(keep_answer("abc").etag,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(ElasticCloudStoreTest, PutsThePathOfTheEndpointBeforeItsOwn) {
  serve_bills();
  connect(fake_->url() + "/elastic/");
  ASSERT_TRUE(list("instances/2026-06-01"));
  EXPECT_THAT(fake_->requests().at(0), StartsWith("GET /elastic/api/v2/billing/"));
}

TEST_F(ElasticCloudStoreTest, ReadsAnAnswerOfManyBlocksAsItWas) {
  std::string large = "{";
  for (int i = 0; large.size() < 3 * limits::fetch_block_bytes; ++i)
    large += std::to_string(i * 7919) + ",";
  // Packed before anybody waits for it.
  const std::string packed = test::http_answer(test::gzip(large), "Content-Encoding: gzip\r\n");
  serve([packed](int, const std::string&) -> FakeElasticCloud::Answer { return {packed}; });
  const auto listed = list("instances/2026-06-01");
  ASSERT_TRUE(listed) << listed.error().detail;
  EXPECT_EQ(listed->at(0).size, large.size());
  EXPECT_EQ(read(listed->at(0)).value(), large);
  EXPECT_THAT(fake_->requests().at(0), HasSubstr("accept-encoding: gzip\r\n"));
}

TEST_F(ElasticCloudStoreTest, AsksAgainForWhatItDoesNotKeep) {
  serve_bills();
  const auto june = list("instances/2026-06");
  ASSERT_TRUE(june);
  ASSERT_TRUE(list("instances/2026-05-31"));
  EXPECT_TRUE(read(june->at(0)));
  EXPECT_TRUE(read(june->at(0)));
  EXPECT_THAT(fake_->requests(), SizeIs(4)) << "two days, one of another month, one once more";
}

TEST_F(ElasticCloudStoreTest, WhatIsAnsweredOtherwiseTheSecondTimeHasChanged) {
  serve([](int number, const std::string& request) -> FakeElasticCloud::Answer {
    return {test::http_answer(bill_of(request) + std::string(number == 3 ? 1 : 0, ' '))};
  });
  const auto first = list("instances/2026-06-01");
  ASSERT_TRUE(first);
  ASSERT_TRUE(list("instances/2026-05-31"));
  const auto again = read(first->at(0));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::changed);
  EXPECT_THAT(again.error().detail, HasSubstr("instances/2026-06-01.json"));
}

TEST_F(ElasticCloudStoreTest, TakesASingleDay) {
  serve_bills();
  const auto day = test::run(context_, store_->get("instances/2026-06-02.json"));
  ASSERT_TRUE(day) << day.error().detail;
  EXPECT_EQ(day->bytes, bill_of(fake_->requests().at(0)));
  for (const char* key : {"instances/2026-06-03.json", "instances/x.json", "other"}) {
    const auto none = test::run(context_, store_->get(key));
    ASSERT_FALSE(none) << key;
    EXPECT_EQ(none.error().code, Errc::not_found);
  }
  EXPECT_THAT(fake_->requests(), SizeIs(1)) << "nothing is asked that cannot be answered";
}

TEST_F(ElasticCloudStoreTest, AsksAgainAfterWhatPasses) {
  for (const char* status : {"408 No", "425 No", "429 No", "500 No", "503 No"}) {
    serve([status](int number, const std::string& request) -> FakeElasticCloud::Answer {
      return {number < 4 ? test::http_answer("", "", status) : test::http_answer(bill_of(request))};
    });
    EXPECT_TRUE(list("instances/2026-06-01")) << status;
    EXPECT_THAT(fake_->requests(), SizeIs(4)) << status;
  }
}

TEST_F(ElasticCloudStoreTest, GivesUpAfterEnoughTries) {
  const Error storm = refused(test::http_answer("", "Retry-After: 0\r\n", "429 Too Many Requests"));
  EXPECT_EQ(storm.code, Errc::throttled) << storm.detail;
  EXPECT_THAT(storm.detail,
              AllOf(HasSubstr("organisation 123"), HasSubstr("429"), HasSubstr("2026-06-01")));
  EXPECT_THAT(fake_->requests(), SizeIs(4));
}

TEST_F(ElasticCloudStoreTest, WaitsAsLongAsItIsAskedTo) {
  serve([](int number, const std::string& request) -> FakeElasticCloud::Answer {
    return {number == 1 ? test::http_answer("", "Retry-After: 1\r\n", "429 Too Many Requests")
                        : test::http_answer(bill_of(request))};
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(list("instances/2026-06-01"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms) << "within the policy's cap";
}

TEST_F(ElasticCloudStoreTest, AsksAgainAfterACutBody) {
  serve([](int number, const std::string& request) -> FakeElasticCloud::Answer {
    std::string answer = test::http_answer(bill_of(request));
    if (number == 1) return {answer.substr(0, answer.size() - 5), true};
    if (number == 2)
      return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":", true};
    return {answer};
  });
  const auto listed = list("instances/2026-06-01");
  ASSERT_TRUE(listed) << listed.error().detail;
  EXPECT_EQ(read(listed->at(0)).value(), bill_of(fake_->requests().at(0)));
  EXPECT_THAT(fake_->requests(), SizeIs(3));
}

TEST_F(ElasticCloudStoreTest, DoesNotAskAgainWhereItIsRefused) {
  for (const char* status : {"400 No", "401 No", "403 No", "404 No", "302 Found"}) {
    const Error error = refused(
        test::http_answer(R"({"errors":[{"code":"a.code","message":"a message"}]})", "", status));
    EXPECT_FALSE(retryable(error.code)) << status;
    EXPECT_THAT(error.detail, AllOf(HasSubstr("organisation 123"), HasSubstr("a.code: a message")));
    EXPECT_THAT(fake_->requests(), SizeIs(1)) << status;
  }
}

TEST_F(ElasticCloudStoreTest, FollowsNoRedirect) {
  FakeElasticCloud elsewhere([](int, const std::string&) -> FakeElasticCloud::Answer {
    return {test::http_answer("{}")};
  });
  const Error error = refused(
      test::http_answer("", "Location: " + elsewhere.url() + "/\r\n", "301 Moved Permanently"));
  EXPECT_EQ(error.code, Errc::rejected);
  EXPECT_THAT(error.detail, HasSubstr(elsewhere.url()));
  EXPECT_THAT(elsewhere.requests(), SizeIs(0)) << "the key goes nowhere else";
}

TEST_F(ElasticCloudStoreTest, APageInsteadOfJsonIsNoBill) {
  const Error error =
      refused(test::http_answer("<html>sign in</html>", "Content-Type: text/html\r\n"));
  EXPECT_EQ(error.code, Errc::malformed);
  EXPECT_THAT(error.detail, HasSubstr("text/html"));
}

TEST_F(ElasticCloudStoreTest, NeverTellsTheKey) {
  const std::string echo = std::string("no ") + secret_key + " and " + secret_key;
  for (const std::string& body : {R"({"errors":[{"code":"x","message":")" + echo + R"("}]})", echo,
                                  std::string(295, 'x') + secret_key}) {
    const Error error = refused(test::http_answer(
        body, std::string("Location: /") + secret_key + "\r\n", "401 Unauthorized"));
    EXPECT_THAT(error.detail, Not(HasSubstr("hunt")));
  }
  const Error moved =
      refused(test::http_answer("", std::string("Location: /") + secret_key + "\r\n", "302 Found"));
  EXPECT_THAT(moved.detail, Not(HasSubstr("hunt")));
  EXPECT_THAT(store_->name(), Not(HasSubstr("hunt")));
}

TEST_F(ElasticCloudStoreTest, NeverTellsAKeyThatIsWrittenWithEscapes) {
  for (const char* body : {R"({"errors":[{"code":"x","message":"no hunter2\u003d\u003D here"}]})",
                           R"({"errors":[{"message":"no \u0068unter2=\u003d here"}]})",
                           R"({"message":"no hunter2\u003d= here"})", "no hunter2%3D%3d here"}) {
    const Error error =
        refused(test::http_answer(body, "Location: /?key=hunter2%3D%3D\r\n", "302 Found"));
    EXPECT_THAT(error.detail, AllOf(HasSubstr("no *** here"), HasSubstr("key=***"))) << body;
    EXPECT_THAT(error.detail, Not(HasSubstr("unter"))) << body;
  }
  key_ = "a/b";
  EXPECT_THAT(refused(test::http_answer(R"(no a\/b here)", "", "401 Unauthorized")).detail,
              HasSubstr("no *** here"));
}

TEST_F(ElasticCloudStoreTest, HidesAKeyThatLooksLikeWhatHidesIt) {
  for (const char* key : {"***", "*", "**"}) {
    key_ = key;
    const Error error = refused(test::http_answer("no " + key_ + " here", "", "401 Unauthorized"));
    EXPECT_EQ(error.code, Errc::unauthorized);
    EXPECT_THAT(error.detail, HasSubstr("*** here"));
  }
}

TEST_F(ElasticCloudStoreTest, BoundsAnAnswer) {
  serve([](int, const std::string&) -> FakeElasticCloud::Answer {
    return {"HTTP/1.1 200 OK\r\nContent-Length: " +
                std::to_string(limits::json_page_bytes_max + 1) + "\r\n\r\n{",
            true};
  });
  const auto listed = list("instances/2026-06-01");
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, Errc::over_limit) << listed.error().detail;
  EXPECT_THAT(fake_->requests(), SizeIs(1));
}

Task<void> stop_in_the_midst(ElasticCloudStore& store) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto listing = store.list("instances/2026-06");
  auto limit = sleep_for(30ms);
  auto first = co_await (std::move(listing) || std::move(limit));
  if (first.index() == 0) co_return Error{Errc::mismatch, "it was not stopped"};
  co_return boost::system::in_place_value;
}

TEST_F(ElasticCloudStoreTest, EndsAtOnceWhenStopped) {
  serve([](int, const std::string&) -> FakeElasticCloud::Answer {
    std::this_thread::sleep_for(1s);
    return {test::http_answer("{}")};
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto stopped = test::run(context_, stop_in_the_midst(*store_));
  EXPECT_TRUE(stopped) << stopped.error().detail;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 700ms);
}

}  // namespace
}  // namespace billow::fetch
