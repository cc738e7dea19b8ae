#include "http/client.hpp"

#include "base/deadline.hpp"
#include "unit/http/gzip.hpp"
#include "unit/http/scripted_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace billow::http {
namespace {

using test::http_answer;
using test::Peer;
using test::ScriptedServer;
using namespace std::chrono_literals;

ClientOptions short_times() {
  ClientOptions options;
  options.connect_timeout = 5s;
  options.request_timeout = 300ms;
  options.idle_timeout = 300ms;
  return options;
}

class ClientTest : public testing::Test {
 protected:
  Result<Response> get(Client& client, const std::string& url) {
    return test::run(context_, client.send(Request("GET", *Url::parse(url))));
  }
  /// Sends one request to a server that plays this script once.
  Result<Response> get_from(ScriptedServer::Script script, ClientOptions options = {}) {
    ScriptedServer server({std::move(script)});
    Client client(std::move(options));
    return get(client, server.url());
  }
  /// The same with a fixed answer, after which the connection stays open.
  Result<Response> get_answer(std::string answer, ClientOptions options = {}) {
    const auto script = [answer](Peer& peer) {
      peer.read_request();
      peer.send(answer);
      peer.wait_for_close();
    };
    return get_from(script, std::move(options));
  }

  boost::asio::io_context context_;
};

void expect_error(const Result<Response>& response, Errc code) {
  ASSERT_FALSE(response) << "status " << response->status;
  EXPECT_EQ(response.error().code, code) << response.error().detail;
}

TEST_F(ClientTest, SendsTheRequestAndReadsTheAnswer) {
  std::string seen;
  const auto script = [&](Peer& peer) {
    seen = peer.read_request();
    peer.answer("hello", "X-Thing: a b\r\n", "404 Not Found");
    peer.wait_for_close();
  };
  Result<Response> response = Error{Errc::cancelled, ""};
  std::string authority;
  {
    ScriptedServer server({script});
    Client client(ClientOptions{});
    Request request("POST", *Url::parse(server.url("/a?b=c")));
    authority = request.url.authority();
    request.headers.emplace_back("x-mine", "1");
    request.body = std::make_shared<const std::string>("body");
    response = test::run(context_, client.send(request));
  }
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->header("x-thing"), "a b");
  EXPECT_EQ(response->header("x-none"), "");
  EXPECT_EQ(seen, "POST /a?b=c HTTP/1.1\r\nHost: " + authority +
                      "\r\nx-mine: 1\r\nUser-Agent: billow\r\nContent-Length: 4\r\n\r\nbody");
}

TEST_F(ClientTest, ReadsAChunkedBodyWithTrailers) {
  const auto response = get_answer(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n "
      "\r\n5\r\nworld\r\n0\r\nX-Late: 1\r\n\r\n");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "hello world");
  EXPECT_EQ(response->header("x-late"), "");
}

TEST_F(ClientTest, ReadsABodyThatEndsWithTheConnection) {
  const auto script = [](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.0 200 OK\r\n\r\nall of it");
  };
  const auto response = get_from(script);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "all of it");
}

TEST_F(ClientTest, ReadsALargeBodyThatComesInPieces) {
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i);
  const auto script = [&](Peer& peer) {
    peer.read_request();
    const std::string answer = http_answer(body);
    for (std::size_t at = 0; at < answer.size(); at += 7'001)
      peer.send(std::string_view(answer).substr(at, 7'001));
    peer.wait_for_close();
  };
  const auto response = get_from(script);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, body);
}

TEST_F(ClientTest, SendsALargeBodyToAPeerThatReadsIt) {
  std::size_t got = 0;
  const auto script = [&](Peer& peer) {
    got = peer.read_request().size();
    peer.answer("");
    peer.wait_for_close();
  };
  {
    ScriptedServer server({script});
    Client client(ClientOptions{});
    Request request("POST", *Url::parse(server.url()));
    request.body = std::make_shared<const std::string>(std::string(8'000'000, 'x'));
    const auto response = test::run(context_, client.send(request));
    ASSERT_TRUE(response) << response.error().detail;
  }
  EXPECT_GT(got, 8'000'000U);
}

TEST_F(ClientTest, SkipsInterimAnswers) {
  const auto response = get_answer(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->header("link"), "");
}

TEST_F(ClientTest, DoesNotWaitForABodyThatCannotCome) {
  const auto response = get_answer("HTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(response) << response.error().detail;
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    peer.wait_for_close();
  }});
  Client client(ClientOptions{});
  const auto head = test::run(context_, client.send(Request("HEAD", *Url::parse(server.url()))));
  ASSERT_TRUE(head) << head.error().detail;
  EXPECT_EQ(head->header("content-length"), "1000");
}

TEST_F(ClientTest, NeverFollowsARedirect) {
  ScriptedServer other(
      {ScriptedServer::answering([](const std::string&) { return http_answer("secret"); })});
  const auto response =
      get_answer(http_answer("", "Location: " + other.url() + "\r\n", "302 Found"));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(ClientTest, KeepsAConnectionForTheNextRequest) {
  ScriptedServer server(
      {ScriptedServer::answering([](const std::string&) { return http_answer("ok"); })});
  Client client(ClientOptions{});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(get(client, server.url()));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ClientTest, DoesNotKeepAConnectionThatThePeerWillClose) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.answer("ok", "Connection: close\r\n");
    peer.wait_for_close();
  }});
  Client client(ClientOptions{});
  ASSERT_TRUE(get(client, server.url()));
  ASSERT_TRUE(get(client, server.url()));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ClientTest, DoesNotReuseAConnectionWithBytesNobodyAskedFor) {
  ScriptedServer server(
      {[](Peer& peer) {
         peer.read_request();
         peer.send(http_answer("first") + http_answer("smuggled"));
         peer.wait_for_close();
       },
       ScriptedServer::answering([](const std::string&) { return http_answer("second"); })});
  Client client(ClientOptions{});
  EXPECT_EQ(get(client, server.url())->body, "first");
  EXPECT_EQ(get(client, server.url())->body, "second");
}

TEST_F(ClientTest, GoesOnOverANewConnectionWhereAKeptOneWasClosed) {
  ScriptedServer server(
      {[](Peer& peer) {
         peer.read_request();
         peer.answer("first");
         peer.read_request();  // ... and closes instead of answering
       },
       ScriptedServer::answering([](const std::string&) { return http_answer("second"); })});
  Client client(ClientOptions{});
  EXPECT_EQ(get(client, server.url())->body, "first");
  const auto second = get(client, server.url());
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(second->body, "second");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ClientTest, SendsNothingOverAKeptConnectionThatIsKnownToBeClosed) {
  std::latch finished(1);
  std::string more;
  {
    ScriptedServer server(
        {[&](Peer& peer) {
           peer.read_request();
           peer.answer("first");
           peer.finish();
           finished.count_down();
           more = peer.read_request();
         },
         ScriptedServer::answering([](const std::string&) { return http_answer("second"); })});
    Client client(ClientOptions{});
    EXPECT_EQ(get(client, server.url())->body, "first");
    finished.wait();
    EXPECT_EQ(get(client, server.url())->body, "second");
  }
  EXPECT_EQ(more, "");
}

TEST_F(ClientTest, GoesOnOverANewConnectionWhereAKeptOneWasReset) {
  ScriptedServer server(
      {[](Peer& peer) {
         peer.read_request();
         peer.answer("first");
         peer.read_request();
         peer.reset();
       },
       ScriptedServer::answering([](const std::string&) { return http_answer("second"); })});
  Client client(ClientOptions{});
  EXPECT_EQ(get(client, server.url())->body, "first");
  EXPECT_EQ(get(client, server.url())->body, "second");
}

TEST_F(ClientTest, RepeatsNothingOverAConnectionThatWasNew) {
  ScriptedServer server({[](Peer& peer) { peer.read_request(); }});
  Client client(ClientOptions{});
  expect_error(get(client, server.url()), Errc::transient);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ClientTest, RepeatsNothingOnceAnAnswerHasBegun) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.answer("first");
    peer.read_request();
    peer.send("HTTP/1.1 200");
  }});
  Client client(ClientOptions{});
  ASSERT_TRUE(get(client, server.url()));
  expect_error(get(client, server.url()), Errc::transient);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ClientTest, UsesAsManyConnectionsAsThereAreRequestsAtOnce) {
  std::latch both(2);
  const auto script = [&](Peer& peer) {
    peer.read_request();
    both.arrive_and_wait();
    peer.answer("ok");
    peer.wait_for_close();
  };
  ScriptedServer server({script, script});
  Client client(ClientOptions{});
  int answered = 0;
  const auto done = [&](std::exception_ptr, Result<Response> response) {
    answered += response ? 1 : 0;
  };
  for (int i = 0; i < 2; ++i) {
    boost::asio::co_spawn(context_, client.send(Request("GET", *Url::parse(server.url()))), done);
  }
  context_.run();
  EXPECT_EQ(answered, 2);
}

TEST_F(ClientTest, ReportsABodyThatIsCutShort) {
  const auto script = [](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  };
  expect_error(get_from(script), Errc::transient);
  const auto chunked = [](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  };
  expect_error(get_from(chunked), Errc::transient);
}

TEST_F(ClientTest, ReportsAHeaderThatIsCutShort) {
  const auto script = [](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Le");
  };
  expect_error(get_from(script), Errc::transient);
}

TEST_F(ClientTest, RefusesWhatIsNotHttp) {
  for (const char* answer :
       {"SSH-2.0-OpenSSH_9\r\n\r\n", "\x16\x03\x01\x02\x01\x01\x01\x01\x01\x01",
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello"}) {
    SCOPED_TRACE(answer);
    expect_error(get_answer(answer), Errc::malformed);
  }
}

TEST_F(ClientTest, BoundsTheHeaderOfAnAnswer) {
  expect_error(get_answer("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
               Errc::over_limit);
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 1000; ++i) many += "X: y\r\n";
  expect_error(get_answer(many + "\r\n"), Errc::over_limit);
}

TEST_F(ClientTest, BoundsInterimAnswersAndChunkHeaders) {
  std::string interim;
  for (int i = 0; i < 1000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  expect_error(get_answer(interim), Errc::malformed);
  expect_error(get_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=" +
                          std::string(200'000, 'x')),
               Errc::malformed);
}

TEST_F(ClientTest, BoundsTheBodyOfAnAnswer) {
  ClientOptions options;
  options.response_bytes_max = 1000;
  EXPECT_TRUE(get_answer(http_answer(std::string(1000, 'x')), options));
  expect_error(get_answer(http_answer(std::string(1001, 'x')), options), Errc::over_limit);
  expect_error(get_answer("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n", options),
               Errc::over_limit);
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunked += "64\r\n" + std::string(100, 'x') + "\r\n";
  expect_error(get_answer(chunked + "0\r\n\r\n", options), Errc::over_limit);
}

TEST_F(ClientTest, UnpacksAGzipBody) {
  const std::string text(100'000, 'x');
  const auto response = get_answer(http_answer(test::gzip(text), "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, text);
}

TEST_F(ClientTest, BoundsAGzipBodyByWhatItUnpacksTo) {
  ClientOptions options;
  options.response_bytes_max = 100'000;
  const std::string bomb = test::gzip(std::string(10'000'000, 'x'));
  expect_error(get_answer(http_answer(bomb, "Content-Encoding: gzip\r\n"), options),
               Errc::over_limit);
  expect_error(get_answer(http_answer("no gzip", "Content-Encoding: gzip\r\n")), Errc::malformed);
}

TEST_F(ClientTest, GivesUpOnAPeerThatDoesNotAnswer) {
  const auto script = [](Peer& peer) { peer.wait_for_close(); };
  expect_error(get_from(script, short_times()), Errc::transient);
}

TEST_F(ClientTest, GivesUpOnAPeerThatAnswersByteByByte) {
  const auto script = [](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (!peer.closes_within(10)) peer.send("x");
  };
  expect_error(get_from(script, short_times()), Errc::transient);
}

TEST_F(ClientTest, ReportsAPortWhereNobodyListens) {
  std::string url;
  {
    ScriptedServer gone({[](Peer&) {}});
    url = gone.url();
  }
  Client client(ClientOptions{});
  expect_error(get(client, url), Errc::transient);
}

TEST_F(ClientTest, ReportsANameThatDoesNotResolve) {
  ClientOptions options;
  options.connect_timeout = 3s;
  Client client(options);
  expect_error(get(client, "http://no-such-host.invalid/"), Errc::transient);
}

TEST_F(ClientTest, HearsTheRefusalOfABodyThatIsNotReadToItsEnd) {
  // As Elasticsearch does with 413: it answers after the header and closes.
  const auto script = [](Peer& peer) {
    peer.send(http_answer("too large", "Connection: close\r\n", "413 Content Too Large"));
    peer.wait_for_close();
  };
  ScriptedServer server({script});
  Client client(ClientOptions{});
  Request request("POST", *Url::parse(server.url()));
  request.body = std::make_shared<const std::string>(std::string(20'000'000, 'x'));
  const auto response = test::run(context_, client.send(request));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 413);
}

Task<bool> send_for(Client& client, std::string url, std::chrono::milliseconds limit) {
  auto response = co_await complete_within(limit, client.send(Request("GET", *Url::parse(url))));
  co_return response.has_value();
}

TEST_F(ClientTest, ClosesTheConnectionOfARequestThatIsCancelled) {
  std::atomic<bool> closed = false;
  {
    ScriptedServer server({[&](Peer& peer) {
      peer.wait_for_close();
      closed = true;
    }});
    Client client(ClientOptions{});
    const auto answered = test::run(context_, send_for(client, server.url(), 50ms));
    ASSERT_TRUE(answered);
    EXPECT_FALSE(*answered);
  }
  EXPECT_TRUE(closed);
}

/// Reads a stream to its end, `step` bytes at a time.
Task<std::string> read_stream(Client& client, std::string url, std::size_t step) {
  auto stream = co_await client.open(Request("GET", *Url::parse(url)));
  if (!stream) co_return stream.error();
  std::string body;
  std::vector<char> block(step);
  for (;;) {
    auto bytes = co_await (*stream)->read_some(block);
    if (!bytes) co_return bytes.error();
    if (*bytes == 0) break;
    body.append(block.data(), *bytes);
  }
  auto after_end = co_await (*stream)->read_some(block);
  if (!after_end || *after_end != 0) co_return Error{Errc::malformed, "bytes after the end"};
  co_return body;
}

TEST_F(ClientTest, StreamsABodyInAnySteps) {
  std::string body;
  for (int i = 0; body.size() < 300'000; ++i) body += std::to_string(i);
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 1000) {
    const std::string piece = body.substr(at, 1000);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    chunked += size + piece + "\r\n";
  }
  chunked += "0\r\n\r\n";
  for (const std::string& answer : {http_answer(body), chunked}) {
    ScriptedServer server({ScriptedServer::answering([&](const std::string&) { return answer; })});
    Client client(ClientOptions{});
    for (const std::size_t step : {std::size_t{7}, std::size_t{65'536}, std::size_t{1'000'000}}) {
      const auto read = test::run(context_, read_stream(client, server.url(), step));
      ASSERT_TRUE(read) << read.error().detail;
      EXPECT_EQ(*read, body);
    }
    EXPECT_EQ(server.connections(), 1) << "a body read to its end gives its connection back";
  }
}

TEST_F(ClientTest, StreamsWithoutUnpacking) {
  const std::string packed = test::gzip("text");
  ScriptedServer server({ScriptedServer::answering(
      [&](const std::string&) { return http_answer(packed, "Content-Encoding: gzip\r\n"); })});
  Client client(ClientOptions{});
  EXPECT_EQ(*test::run(context_, read_stream(client, server.url(), 1000)), packed);
}

TEST_F(ClientTest, StreamsABodyLargerThanAWholeAnswerMayBe) {
  ClientOptions options;
  options.response_bytes_max = 1000;
  const std::string body(100'000, 'x');
  ScriptedServer server(
      {ScriptedServer::answering([&](const std::string&) { return http_answer(body); })});
  Client client(options);
  EXPECT_EQ(*test::run(context_, read_stream(client, server.url(), 1000)), body);
}

TEST_F(ClientTest, ReportsAStreamThatIsCutShort) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  }});
  Client client(ClientOptions{});
  const auto read = test::run(context_, read_stream(client, server.url(), 1000));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::transient);
}

TEST_F(ClientTest, GivesUpOnAStreamThatStandsStill) {
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    peer.wait_for_close();
  }});
  Client client(short_times());
  const auto read = test::run(context_, read_stream(client, server.url(), 1000));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::transient);
}

TEST_F(ClientTest, LetsAStreamTakeLongerThanAWholeRequestMay) {
  ClientOptions options = short_times();
  options.request_timeout = 100ms;
  options.idle_timeout = 5s;
  ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
    for (int i = 0; i < 20 && !peer.closes_within(10); ++i) peer.send("x");
    peer.wait_for_close();
  }});
  Client client(options);
  const auto read = test::run(context_, read_stream(client, server.url(), 1000));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->size(), 20U);
}

Task<bool> open_and_drop(Client& client, std::string url) {
  auto stream = co_await client.open(Request("GET", *Url::parse(url)));
  if (!stream) co_return stream.error();
  char byte = 0;
  auto bytes = co_await (*stream)->read_some({&byte, 1});
  co_return bytes && *bytes == 1;
}

TEST_F(ClientTest, ClosesTheConnectionOfAStreamThatIsDroppedInMidBody) {
  std::latch closed(1);
  ScriptedServer server(
      {[&](Peer& peer) {
         peer.read_request();
         peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
         peer.wait_for_close();
         closed.count_down();
       },
       ScriptedServer::answering([](const std::string&) { return http_answer("ok"); })});
  Client client(ClientOptions{});
  const auto dropped = test::run(context_, open_and_drop(client, server.url()));
  ASSERT_TRUE(dropped) << dropped.error().detail;
  closed.wait();
  EXPECT_EQ(get(client, server.url())->body, "ok");
}

}  // namespace
}  // namespace billow::http
