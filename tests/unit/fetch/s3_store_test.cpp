#include "fetch/s3_store.hpp"

#include "base/civil_time.hpp"
#include "base/limits.hpp"
#include "unit/auth/fake_environment.hpp"
#include "unit/http/scripted_server.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <mutex>

namespace billow::fetch {
namespace {

using test::http_answer;
using test::Peer;
using test::ScriptedServer;
using namespace std::chrono_literals;

std::string md5(std::string_view bytes) {
  unsigned char digest[16];
  EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_md5(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    char text[3];
    std::snprintf(text, sizeof text, "%02x", byte);
    hex += text;
  }
  return hex;
}

std::string error_answer(const std::string& status, const std::string& code,
                         const std::string& header_lines = "") {
  return http_answer("<Error><Code>" + code + "</Code><Message>because</Message></Error>",
                     header_lines, status);
}

std::string list_answer(const std::vector<std::string>& encoded_keys,
                        const std::string& next_token) {
  std::string xml = "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>" +
                    std::string(next_token.empty() ? "false" : "true") + "</IsTruncated>";
  for (const auto& key : encoded_keys)
    xml += "<Contents><Key>" + key + "</Key><ETag>\"e\"</ETag><Size>1</Size></Contents>";
  if (!next_token.empty())
    xml += "<NextContinuationToken>" + next_token + "</NextContinuationToken>";
  return http_answer(xml + "</ListBucketResult>");
}

/// The value of a header in a request as it was received.
std::string header_of(const std::string& request, const std::string& name) {
  const auto at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

/// Plays a list of answers over whatever connections come, and keeps the requests.
class FakeS3 {
 public:
  /// What is sent for a request; the connection is closed after an answer with `cut`.
  struct Answer {
    std::string bytes;
    bool cut = false;
    bool stand_still = false;
    std::string trickle{};  ///< comes behind it, a byte now and then
  };
  using Answers = std::function<Answer(int number, const std::string& request)>;

  explicit FakeS3(Answers answers)
      : answers_(std::move(answers)), server_({[this](Peer& peer) { play(peer); }}) {}

  std::string url() const { return server_.url(); }
  int connections() const { return server_.connections(); }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void play(Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty();
         request = peer.read_request()) {
      Answer answer;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        answer = answers_(static_cast<int>(requests_.size()), request);
      }
      peer.send(answer.bytes);
      for (std::size_t i = 0; i < answer.trickle.size() && !peer.closes_within(20); ++i)
        peer.send(answer.trickle.substr(i, 1));
      if (answer.stand_still) peer.wait_for_close();
      if (answer.cut || !answer.trickle.empty()) return;
    }
  }

  Answers answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  ScriptedServer server_;
};

Task<std::string> read_all(ObjectStore& store, ObjectInfo object) {
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

class S3StoreTest : public testing::Test {
 protected:
  S3StoreTest() {
    around_.variables["HOME"] = "/home/x";
    around_.files["/home/x/.aws/credentials"] =
        "[default]\naws_access_key_id=KEY1\naws_secret_access_key=hunter2\naws_session_token="
        "hunter3\n";
    for (int i = 0; bytes_.size() < 100'000; ++i) bytes_ += std::to_string(i);
    object_.key = "p/x.csv.gz";
    object_.size = bytes_.size();
    object_.etag = md5(bytes_);
    options_.idle_timeout = 300ms;
    retry_.attempts_max = 4;
    retry_.first = 1ms;
    retry_.cap = 5ms;
  }

  /// Serves by these answers and makes a store for it.
  void serve(FakeS3::Answers answers) {
    fake_ = std::make_unique<FakeS3>(std::move(answers));
    connect(fake_->url());
  }
  void connect(std::string endpoint) {
    feed::S3Config config;
    config.endpoint = std::move(endpoint);
    auto place = make_s3_place("bucket", config, "us-east-1");
    ASSERT_TRUE(place) << place.error().detail;
    store_ = std::make_unique<S3Store>(
        std::make_shared<S3Session>(std::move(*place), options_, retry_,
                                    std::make_unique<auth::AwsCredentials>(
                                        auth::AwsIdentity(), options_, around_.environment())));
  }
  FakeS3::Answer whole(const std::string& more_headers = "") const {
    return {http_answer(bytes_, "ETag: \"" + object_.etag + "\"\r\n" + more_headers)};
  }
  /// The rest from `first` on, of which at most `sent` bytes arrive.
  FakeS3::Answer rest(std::size_t first, std::size_t sent) const {
    const std::string size = std::to_string(bytes_.size());
    std::string head = first == 0 ? "HTTP/1.1 200 OK\r\n"
                                  : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " +
                                        std::to_string(first) + "-" +
                                        std::to_string(bytes_.size() - 1) + "/" + size + "\r\n";
    head += "ETag: \"" + object_.etag +
            "\"\r\nContent-Length: " + std::to_string(bytes_.size() - first) + "\r\n\r\n";
    return {head + bytes_.substr(first, sent), first + sent < bytes_.size()};
  }
  static std::size_t range_start(const std::string& request) {
    const std::string range = header_of(request, "range");
    return range.empty() ? 0 : static_cast<std::size_t>(std::stoul(range.substr(6)));
  }
  Result<std::string> read() { return test::run(context_, read_all(*store_, object_)); }
  Result<Object> get(std::string key) { return test::run(context_, store_->get(std::move(key))); }
  Result<std::vector<ObjectInfo>> list(std::string prefix) {
    return test::run(context_, store_->list(std::move(prefix)));
  }
  template <class T>
  Error error_of(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? Error{Errc::cancelled, "no error"} : result.error();
  }

  test::FakeEnvironment around_;
  http::ClientOptions options_;
  RetryPolicy retry_;
  std::string bytes_;
  ObjectInfo object_;
  boost::asio::io_context context_;
  std::unique_ptr<FakeS3> fake_;
  std::unique_ptr<S3Store> store_;
};

TEST_F(S3StoreTest, ListsAllPages) {
  serve([](int number, const std::string&) -> FakeS3::Answer {
    return {number == 1 ? list_answer({"p%2Fa", "p%2Fb+b"}, "to/ken+=")
                        : list_answer({"p%2Fc"}, "")};
  });
  const auto listed = list("p/");
  ASSERT_TRUE(listed) << listed.error().detail;
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ((*listed)[1].key, "p/b b");
  const auto requests = fake_->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].starts_with(
      "GET /bucket?encoding-type=url&list-type=2&prefix=p%2F HTTP/1.1\r\n"));
  EXPECT_TRUE(
      requests[1].starts_with("GET /bucket?continuation-token=to%2Fken%2B%3D&encoding-type=url&"));
}

TEST_F(S3StoreTest, SignsWhatItSends) {
  serve([](int, const std::string&) -> FakeS3::Answer { return {list_answer({}, "")}; });
  ASSERT_TRUE(list(""));
  const std::string request = fake_->requests().at(0);
  EXPECT_TRUE(header_of(request, "authorization").starts_with("AWS4-HMAC-SHA256 Credential=KEY1/"));
  EXPECT_NE(header_of(request, "authorization").find("/us-east-1/s3/aws4_request"),
            std::string::npos);
  EXPECT_EQ(header_of(request, "x-amz-security-token"), "hunter3");
  EXPECT_EQ(header_of(request, "x-amz-content-sha256"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(S3StoreTest, SortsAListingThatIsNotInOrder) {
  serve([](int, const std::string&) -> FakeS3::Answer { return {list_answer({"b", "a"}, "")}; });
  EXPECT_EQ(list("")->front().key, "a");
}

TEST_F(S3StoreTest, RefusesListingsItCannotTrust) {
  serve([](int number, const std::string&) -> FakeS3::Answer {
    if (number == 1) return {list_answer({"other"}, "")};
    if (number == 2) return {http_answer("<html>a proxy's page</html>")};
    return {list_answer({"p/a"}, "again")};
  });
  EXPECT_EQ(error_of(list("p/")).code, Errc::malformed) << "a key without the prefix";
  EXPECT_EQ(error_of(list("p/")).code, Errc::malformed) << "no listing";
  EXPECT_EQ(error_of(list("p/")).code, Errc::malformed) << "the same page for ever";
}

TEST_F(S3StoreTest, BoundsTheKeysOfAListing) {
  // Eight pages of five megabytes each; so many keys alone would be no reason.
  serve([](int number, const std::string&) -> FakeS3::Answer {
    std::vector<std::string> keys;
    for (int i = 0; i < 5'000; ++i)
      keys.push_back(std::to_string(number * 5'000 + i) + std::string(1'000, 'k'));
    return {list_answer(keys, number == 8 ? "" : std::to_string(number))};
  });
  EXPECT_EQ(error_of(list("")).code, Errc::over_limit);
  EXPECT_LT(fake_->requests().size(), 8U);
}

TEST_F(S3StoreTest, GivesUpOnAListingThatTrickles) {
  options_.request_timeout = 300ms;
  FakeS3::Answer endless{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"};
  endless.trickle = std::string(100'000, ' ');
  serve([endless](int, const std::string&) { return endless; });
  EXPECT_EQ(error_of(list("")).code, Errc::transient);
  EXPECT_EQ(fake_->requests().size(), 4U) << "it is asked for anew, as after a cut";
}

TEST_F(S3StoreTest, ReadsASmallObjectWhole) {
  serve([this](int, const std::string&) {
    return whole("Last-Modified: Wed, 03 Jun 2026 02:10:05 GMT\r\n");
  });
  const auto object = get("p/a b");
  ASSERT_TRUE(object) << object.error().detail;
  EXPECT_EQ(object->bytes, bytes_);
  EXPECT_EQ(object->info.etag, object_.etag);
  EXPECT_EQ(object->info.size, bytes_.size());
  EXPECT_EQ(object->info.modified, parse_time("2026-06-03T02:10:05Z"));
  EXPECT_TRUE(fake_->requests().at(0).starts_with("GET /bucket/p/a%20b HTTP/1.1\r\n"));
}

TEST_F(S3StoreTest, BoundsASmallObject) {
  const std::string large(limits::small_object_bytes_max + 1, 'x');
  serve([&](int, const std::string&) -> FakeS3::Answer { return {http_answer(large)}; });
  EXPECT_EQ(error_of(get("k")).code, Errc::over_limit);
  EXPECT_EQ(fake_->requests().size(), 1U);
}

TEST_F(S3StoreTest, TellsAMissingObjectFromAMissingBucket) {
  serve([](int number, const std::string&) -> FakeS3::Answer {
    return {error_answer("404 Not Found", number == 1 ? "NoSuchKey" : "NoSuchBucket")};
  });
  EXPECT_EQ(error_of(get("k")).code, Errc::not_found);
  EXPECT_EQ(error_of(get("k")).code, Errc::bad_config);
}

TEST_F(S3StoreTest, TakesASmallObjectAnewThatArrivedDamaged) {
  serve([this](int number, const std::string&) {
    FakeS3::Answer answer = whole();
    if (number == 1) answer.bytes.back() ^= 1;
    if (number == 2) answer = rest(0, 5'000);
    return answer;
  });
  const auto object = get("k");
  ASSERT_TRUE(object) << object.error().detail;
  EXPECT_EQ(object->bytes, bytes_);
  EXPECT_EQ(fake_->requests().size(), 3U);
}

TEST_F(S3StoreTest, ReadsAnObjectAsListed) {
  serve([this](int, const std::string&) { return whole(); });
  const auto bytes = read();
  ASSERT_TRUE(bytes) << bytes.error().detail;
  EXPECT_EQ(*bytes, bytes_);
  EXPECT_EQ(header_of(fake_->requests().at(0), "if-match"), "\"" + object_.etag + "\"");
  ASSERT_TRUE(read());
  EXPECT_EQ(fake_->connections(), 1) << "the connection is kept for the next object";
}

TEST_F(S3StoreTest, ReadsAnEmptyObject) {
  bytes_.clear();
  object_.size = 0;
  object_.etag = md5("");
  serve([this](int, const std::string&) { return whole(); });
  EXPECT_EQ(*read(), "");
}

TEST_F(S3StoreTest, TakesUpACutBodyWhereItBroke) {
  serve([this](int number, const std::string& request) {
    return rest(range_start(request), number == 1 ? 30'000 : 1'000'000);
  });
  const auto bytes = read();
  ASSERT_TRUE(bytes) << bytes.error().detail;
  EXPECT_EQ(*bytes, bytes_);
  const auto requests = fake_->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(header_of(requests[0], "range"), "");
  EXPECT_EQ(header_of(requests[1], "range"), "bytes=30000-");
  EXPECT_EQ(header_of(requests[1], "if-match"), "\"" + object_.etag + "\"");
}

TEST_F(S3StoreTest, GoesOnThroughAnyNumberOfCutsThatMakeProgress) {
  serve([this](int, const std::string& request) { return rest(range_start(request), 3'000); });
  const auto bytes = read();
  ASSERT_TRUE(bytes) << bytes.error().detail;
  EXPECT_EQ(*bytes, bytes_);
  EXPECT_GT(fake_->requests().size(), 30U);
}

TEST_F(S3StoreTest, GivesUpOnCutsWithoutProgress) {
  serve([this](int, const std::string& request) {
    return rest(range_start(request), range_start(request) == 0 ? 3'000 : 0);
  });
  EXPECT_EQ(error_of(read()).code, Errc::transient);
  EXPECT_EQ(fake_->requests().size(), 4U) << "one that made progress and three that made none";
}

TEST_F(S3StoreTest, TakesUpABodyThatStandsStill) {
  serve([this](int number, const std::string& request) {
    FakeS3::Answer answer = rest(range_start(request), number == 1 ? 30'000 : 1'000'000);
    answer.stand_still = number == 1;
    return answer;
  });
  EXPECT_EQ(*read(), bytes_);
}

TEST_F(S3StoreTest, TakesUpABodyThatTrickles) {
  retry_.window = 100ms;
  serve([this](int number, const std::string& request) {
    const std::size_t first = range_start(request);
    if (number == 4) return rest(first, 1'000'000);
    FakeS3::Answer answer = rest(first, 0);
    answer.trickle = bytes_.substr(first);
    return answer;
  });
  const auto bytes = read();
  ASSERT_TRUE(bytes) << bytes.error().detail;
  EXPECT_EQ(*bytes, bytes_);
  const auto requests = fake_->requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_GT(range_start(requests[1]), 0U);
  EXPECT_GT(range_start(requests[3]), range_start(requests[1]));
}

TEST_F(S3StoreTest, GivesUpOnABodyThatTricklesOn) {
  retry_.window = 100ms;
  serve([this](int, const std::string& request) {
    FakeS3::Answer answer = rest(range_start(request), 0);
    answer.trickle = bytes_.substr(range_start(request));
    return answer;
  });
  const Error error = error_of(read());
  EXPECT_EQ(error.code, Errc::transient);
  EXPECT_NE(error.detail.find("s3://bucket/p/x.csv.gz: the bytes come too slowly"),
            std::string::npos)
      << error.detail;
  EXPECT_EQ(fake_->requests().size(), 4U);
}

TEST_F(S3StoreTest, TakesARefusalForWhatItsStatusSaysWhenItsBodyTrickles) {
  options_.request_timeout = 300ms;
  FakeS3::Answer endless{"HTTP/1.1 403 No\r\nContent-Length: 1000000\r\n\r\n"};
  endless.trickle = std::string(100'000, ' ');
  serve([endless](int, const std::string&) { return endless; });
  EXPECT_EQ(error_of(list("")).code, Errc::unauthorized);
  EXPECT_EQ(fake_->requests().size(), 1U);
}

TEST_F(S3StoreTest, TakesUpABodyThatEndsTooEarlyInGoodOrder) {
  serve([this](int number, const std::string& request) -> FakeS3::Answer {
    if (number > 1) return rest(range_start(request), 1'000'000);
    return {"HTTP/1.1 200 OK\r\nETag: \"" + object_.etag +
            "\"\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n" + bytes_.substr(0, 4) +
            "\r\n0\r\n\r\n"};
  });
  EXPECT_EQ(*read(), bytes_);
}

TEST_F(S3StoreTest, SkipsWhatItHasWhereTheStoreAlwaysSendsTheWhole) {
  serve([this](int number, const std::string&) {
    if (number > 3) return whole();
    return rest(0, number == 2 ? 20'000 : 50'000);  // the second try breaks off before the news
  });
  const auto bytes = read();
  ASSERT_TRUE(bytes) << bytes.error().detail;
  EXPECT_EQ(*bytes, bytes_);
  EXPECT_EQ(fake_->requests().size(), 4U);
}

TEST_F(S3StoreTest, NoticesAWholeThatIsNoLongerTheSame) {
  for (const std::string& header_lines : {std::string("ETag: \"other\"\r\n"), std::string()}) {
    serve([&](int number, const std::string&) -> FakeS3::Answer {
      if (number == 1) return rest(0, 3'000);
      return {http_answer(bytes_, header_lines)};
    });
    EXPECT_FALSE(read()) << header_lines;
    EXPECT_EQ(fake_->requests().size(), 2U);
  }
}

TEST_F(S3StoreTest, NoticesAnObjectThatChanged) {
  const auto expect_changed = [this](FakeS3::Answers answers) {
    serve(std::move(answers));
    const Error error = error_of(read());
    EXPECT_EQ(error.code, Errc::changed) << error.detail;
    EXPECT_NE(error.detail.find("s3://bucket/p/x.csv.gz"), std::string::npos) << error.detail;
  };
  expect_changed([](int, const std::string&) -> FakeS3::Answer {
    return {error_answer("412 No", "PreconditionFailed")};
  });
  expect_changed([](int, const std::string&) -> FakeS3::Answer {
    return {error_answer("404 No", "NoSuchKey")};
  });
  expect_changed([this](int, const std::string&) -> FakeS3::Answer {
    return {http_answer(bytes_, "ETag: \"other\"\r\n")};
  });
  expect_changed([this](int, const std::string&) -> FakeS3::Answer {
    return {http_answer(bytes_ + "x", "ETag: \"" + object_.etag + "\"\r\n")};
  });
  expect_changed([this](int, const std::string&) -> FakeS3::Answer {
    char size[16];
    std::snprintf(size, sizeof size, "%zx", bytes_.size() + 1);
    return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(size) + "\r\n" +
            bytes_ + "x\r\n0\r\n\r\n"};
  });
}

TEST_F(S3StoreTest, NoticesAnObjectThatChangedBetweenTwoParts) {
  const auto expect_changed = [this](const FakeS3::Answer& second) {
    serve([=, this](int number, const std::string&) {
      return number == 1 ? rest(0, 3'000) : second;
    });
    const Error error = error_of(read());
    EXPECT_EQ(error.code, Errc::changed) << error.detail;
  };
  expect_changed({error_answer("412 No", "PreconditionFailed")});
  expect_changed({error_answer("416 No", "InvalidRange")});
  expect_changed({http_answer("x", "ETag: \"other\"\r\nContent-Range: bytes 3000-3000/3001\r\n",
                              "206 Partial Content")});
  expect_changed(
      {http_answer(std::string(10, 'x'),
                   "ETag: \"" + object_.etag + "\"\r\nContent-Range: bytes 3000-3009/3010\r\n",
                   "206 Partial Content")});
}

TEST_F(S3StoreTest, RefusesAPartItDidNotAskFor) {
  const auto expect_malformed = [this](const FakeS3::Answer& second) {
    serve([=, this](int number, const std::string&) {
      return number == 1 ? rest(0, 3'000) : second;
    });
    const Error error = error_of(read());
    EXPECT_EQ(error.code, Errc::malformed) << error.detail;
  };
  expect_malformed({http_answer(bytes_)});
  expect_malformed(rest(2'999, 1'000'000));
  expect_malformed({http_answer("x", "", "206 Partial Content")});
  expect_malformed(
      {http_answer("x", "Content-Range: bytes 3000-3000/" + std::to_string(bytes_.size()) + "\r\n",
                   "206 Partial Content")});
}

TEST_F(S3StoreTest, ChecksTheBytesAgainstAnEtagThatIsAnMd5) {
  bytes_[50'000] ^= 1;
  serve([this](int, const std::string&) { return whole(); });
  const Error error = error_of(read());
  EXPECT_EQ(error.code, Errc::transient) << error.detail;
}

TEST_F(S3StoreTest, TakesOtherEtagsAsTheyAre) {
  bytes_[50'000] ^= 1;
  const std::string md5_of_others = object_.etag;
  serve([this](int, const std::string&) {
    return whole("x-amz-server-side-encryption: aws:kms\r\n");
  });
  EXPECT_TRUE(read());
  serve([this](int, const std::string&) {
    return whole("x-amz-server-side-encryption-customer-algorithm: AES256\r\n");
  });
  EXPECT_TRUE(read());
  object_.etag = md5_of_others + "-3";
  serve([this](int, const std::string&) { return whole(); });
  EXPECT_TRUE(read());
}

TEST_F(S3StoreTest, LearnsTheRegionOfTheBucketOnce) {
  serve([](int, const std::string& request) -> FakeS3::Answer {
    if (request.find("/eu-north-1/s3/") != std::string::npos) return {list_answer({}, "")};
    return {error_answer("301 Moved", "PermanentRedirect", "x-amz-bucket-region: eu-north-1\r\n")};
  });
  EXPECT_TRUE(list(""));
  EXPECT_TRUE(list(""));
  EXPECT_EQ(fake_->requests().size(), 3U);
}

TEST_F(S3StoreTest, DoesNotFollowRegionsInCircles) {
  serve([](int, const std::string&) -> FakeS3::Answer {
    return {error_answer("301 Moved", "PermanentRedirect", "x-amz-bucket-region: eu-north-1\r\n")};
  });
  const Error error = error_of(list(""));
  EXPECT_EQ(error.code, Errc::rejected);
  EXPECT_EQ(fake_->requests().size(), 2U);
}

TEST_F(S3StoreTest, DoesNotLetARegionLeadItElsewhere) {
  serve([](int, const std::string&) -> FakeS3::Answer {
    return {error_answer("301 Moved", "PermanentRedirect", "x-amz-bucket-region: evil.com/\r\n")};
  });
  EXPECT_EQ(error_of(list("")).code, Errc::rejected);
  EXPECT_EQ(fake_->requests().size(), 1U);
}

TEST_F(S3StoreTest, CorrectsItsClockOnce) {
  serve([](int number, const std::string&) -> FakeS3::Answer {
    if (number == 2) return {list_answer({}, "")};
    return {error_answer("403 Forbidden", "RequestTimeTooSkewed",
                         "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\n")};
  });
  ASSERT_TRUE(list(""));
  EXPECT_TRUE(header_of(fake_->requests().at(1), "x-amz-date").starts_with("20300101T00000"));
  const Error error = error_of(list(""));
  EXPECT_EQ(error.code, Errc::unauthorized);
  EXPECT_NE(error.detail.find("clock"), std::string::npos) << error.detail;
  EXPECT_EQ(fake_->requests().size(), 4U);
}

TEST_F(S3StoreTest, RenewsExpiredCredentialsOnce) {
  serve([this](int, const std::string& request) -> FakeS3::Answer {
    if (request.find("Credential=KEY2/") != std::string::npos) return {list_answer({}, "")};
    around_.files["/home/x/.aws/credentials"] =
        "[default]\naws_access_key_id=KEY2\naws_secret_access_key=s\n";
    return {error_answer("400 Bad Request", "ExpiredToken")};
  });
  EXPECT_TRUE(list(""));
  EXPECT_EQ(fake_->requests().size(), 2U);
}

TEST_F(S3StoreTest, ReadsKeysAgainThatDoNotSign) {
  serve([](int, const std::string& request) -> FakeS3::Answer {
    if (request.find("Credential=KEY2/") != std::string::npos) return {list_answer({}, "")};
    return {error_answer("403 Forbidden", "SignatureDoesNotMatch")};
  });
  EXPECT_EQ(error_of(list("")).code, Errc::unauthorized);
  EXPECT_EQ(fake_->requests().size(), 1U) << "the same keys are not sent a second time";
  around_.files["/home/x/.aws/credentials"] =
      "[default]\naws_access_key_id=KEY2\naws_secret_access_key=s\n";
  EXPECT_TRUE(list("")) << "the keys it holds are refused, then it looks";
  EXPECT_EQ(fake_->requests().size(), 3U);
}

TEST_F(S3StoreTest, SaysWhatARefusalIsAboutWithoutSecrets) {
  serve([](int, const std::string&) -> FakeS3::Answer {
    return {error_answer("403 Forbidden", "AccessDenied")};
  });
  for (const Error& error : {error_of(get("p/x")), error_of(list("p/")), error_of(read())}) {
    EXPECT_EQ(error.code, Errc::unauthorized);
    EXPECT_NE(error.detail.find("s3://bucket"), std::string::npos) << error.detail;
    EXPECT_NE(error.detail.find("403 AccessDenied: because"), std::string::npos) << error.detail;
    EXPECT_EQ(error.detail.find("hunter"), std::string::npos) << error.detail;
  }
  EXPECT_NE(error_of(get("p/x")).detail.find("s3:GetObject"), std::string::npos);
  EXPECT_NE(error_of(list("p/")).detail.find("s3:ListBucket"), std::string::npos);
  EXPECT_EQ(fake_->requests().size(), 5U) << "a refusal is not repeated";
}

TEST_F(S3StoreTest, RepeatsWhatFailsInPassing) {
  serve([](int number, const std::string&) -> FakeS3::Answer {
    if (number == 1) return {error_answer("503 Slow Down", "SlowDown")};
    if (number == 2) return {error_answer("500 Oops", "InternalError")};
    if (number == 3) return {"", true};
    return {list_answer({"a"}, "")};
  });
  EXPECT_EQ(list("")->size(), 1U);
}

TEST_F(S3StoreTest, GivesUpOnWhatDoesNotPass) {
  serve([](int, const std::string&) -> FakeS3::Answer {
    return {error_answer("503 Slow Down", "SlowDown")};
  });
  EXPECT_EQ(error_of(list("")).code, Errc::throttled);
  EXPECT_EQ(fake_->requests().size(), 4U);
  fake_.reset();
  EXPECT_EQ(error_of(list("")).code, Errc::transient);
}

TEST_F(S3StoreTest, DoesNotRepeatWhatIsNotHttp) {
  serve([](int, const std::string&) -> FakeS3::Answer {
    return {"SSH-2.0-OpenSSH_9.2 hello\r\n", true};
  });
  EXPECT_EQ(error_of(list("")).code, Errc::malformed);
  EXPECT_EQ(fake_->requests().size(), 1U);
}

Task<bool> open_and_drop(ObjectStore& store, ObjectInfo object) {
  auto reader = co_await store.open(std::move(object));
  if (!reader) co_return reader.error();
  char byte = 0;
  auto count = co_await (*reader)->read_some({&byte, 1});
  co_return count && *count == 1;
}

TEST_F(S3StoreTest, ClosesTheConnectionOfAnObjectThatIsDropped) {
  serve([this](int number, const std::string&) {
    FakeS3::Answer answer = number == 1 ? rest(0, 5'000) : whole();
    answer.stand_still = number == 1;
    return answer;
  });
  ASSERT_TRUE(test::run(context_, open_and_drop(*store_, object_)));
  EXPECT_EQ(*read(), bytes_);
  EXPECT_EQ(fake_->connections(), 2);
}

}  // namespace
}  // namespace billow::fetch
