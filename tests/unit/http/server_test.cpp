#include "http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <future>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace billow::http {
namespace {

/// A blocking client that can misbehave.
class RawClient {
 public:
  /// `receive_bytes`: how much the system takes before it is read; 0 for the system's own choice.
  explicit RawClient(std::uint16_t port, int receive_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_bytes != 0)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool is_connected() const noexcept { return connected_; }
  void send(std::string_view text) { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void finish() { ::shutdown(socket_, SHUT_WR); }
  /// Everything up to the server's close.
  std::string read_all() {
    std::string text;
    char block[4096];
    for (;;) {
      const auto bytes = ::recv(socket_, block, sizeof block, 0);
      if (bytes <= 0) return text;
      text.append(block, static_cast<std::size_t>(bytes));
    }
  }
  /// Up to and including `end`, or to the close.
  std::string read_until(std::string_view end) {
    std::string text;
    char byte = 0;
    while (!text.ends_with(end) && ::recv(socket_, &byte, 1, 0) == 1) text += byte;
    return text;
  }

 private:
  int socket_;
  bool connected_ = false;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() : guard_(context_.get_executor()), server_(context_.get_executor(), answer) {
    const auto listening = server_.listen("127.0.0.1", 0);
    if (!listening) throw std::runtime_error(listening.error().detail);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~ServerTest() override {
    on_io_thread([this] { server_.stop(); });
    guard_.reset();
    thread_.join();
  }
  void on_io_thread(std::function<void()> work) {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  static ServerResponse answer(const ServerRequest& request) {
    ServerResponse response;
    if (request.path == "/throw") throw std::runtime_error("secret");
    if (request.path == "/big") {
      response.body.assign(3'000'000, 'x');
      return response;
    }
    response.status = request.path == "/metrics" ? 200 : 404;
    response.body = request.method + " " + request.path + " " + request.query;
    return response;
  }
  std::string exchange(std::string_view text) {
    RawClient client(server_.port());
    client.send(text);
    client.finish();
    return client.read_all();
  }

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  Server server_;
  std::thread thread_;
};

TEST_F(ServerTest, AnswersByItsHandler) {
  const std::string answer = exchange("GET /metrics?a=b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("Content-Type: text/plain; charset=utf-8\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /metrics a=b")) << answer;
  EXPECT_TRUE(exchange("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  const std::string answer = exchange("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 14\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(ServerTest, KeepsAConnectionOpen) {
  RawClient client(server_.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.read_until("GET /metrics ").starts_with("HTTP/1.1 200"));
  }
}

TEST_F(ServerTest, AnswersRequestsThatComeTogether) {
  const std::string answer = exchange(
      "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_NE(answer.find("GET /metrics "), std::string::npos);
  EXPECT_NE(answer.find("GET /y "), std::string::npos);
}

TEST_F(ServerTest, ClosesWhereTheClientWantsIt) {
  RawClient client(server_.port());
  client.send("GET /metrics HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.read_all().ends_with("GET /metrics "));
}

TEST_F(ServerTest, AllowsGetAndHeadOnly) {
  for (const char* request :
       {"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    const std::string answer = exchange(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405 ")) << answer;
    EXPECT_NE(answer.find("Allow: GET, HEAD\r\n"), std::string::npos);
  }
}

TEST_F(ServerTest, DoesNotTakeABodyForTheNextRequest) {
  const std::string answer = exchange(
      "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 38\r\n\r\nGET /smuggled "
      "HTTP/1.1\r\nHost: x\r\n\r\nab");
  EXPECT_EQ(answer.find("/smuggled"), std::string::npos) << answer;
}

TEST_F(ServerTest, SurvivesRubbish) {
  for (const std::string& request :
       {std::string("\x16\x03\x01\x02\x00\x01", 6), std::string(64, '\0'),
        std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"), std::string("\r\n\r\n\r\n\r\n")}) {
    const std::string answer = exchange(request);
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400 ")) << answer;
  }
  exchange("");
  exchange("GET /metr");
  EXPECT_TRUE(exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(ServerTest, RefusesATargetThatIsNoPath) {
  EXPECT_TRUE(exchange("GET http://evil/ HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(exchange("GET /" + std::string(5000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n")
                  .starts_with("HTTP/1.1 414"));
}

TEST_F(ServerTest, BoundsTheHeader) {
  const std::string answer =
      exchange("GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 431 ")) << answer;
  EXPECT_EQ(answer.find("200 OK"), std::string::npos);
}

TEST_F(ServerTest, DoesNotTellWhyItsHandlerFailed) {
  const std::string answer = exchange("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(answer.find("secret"), std::string::npos);
}

TEST_F(ServerTest, WritesALargeBodyToAClientThatReadsLater) {
  RawClient client(server_.port());
  client.send("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200"))
      << "others are served";
  EXPECT_GT(client.read_all().size(), 3'000'000U);
}

TEST_F(ServerTest, ClosesWhatHasWaitedLongestAboveItsBound) {
  constexpr std::string_view request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_.port()));
    clients.back()->send(request);
    EXPECT_NE(clients.back()->read_until("GET /metrics "), "") << i;
  }
  clients[0]->send(request);
  EXPECT_NE(clients[0]->read_until("GET /metrics "), "");
  clients[1]->send(request.substr(0, 10));  // half a request is none
  EXPECT_TRUE(exchange(request).starts_with("HTTP/1.1 200"));
  EXPECT_EQ(clients[1]->read_all(), "");
  clients[0]->send(request);
  EXPECT_NE(clients[0]->read_until("GET /metrics "), "") << "it had just been served";
}

TEST_F(ServerTest, AnswersBehindAnyNumberOfRequestsThatDoNotCome) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_.port()));
    clients.back()->send("GET /metrics HTTP/1.1\r\n");
  }
  EXPECT_TRUE(exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_F(ServerTest, ClosesConnectionsAboveItsBoundWhenAllAreBusy) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_.port(), 4096));
    clients.back()->send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(clients.back()->read_until("\r\n\r\n"), "") << i;
  }
  RawClient extra(server_.port());
  extra.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(extra.read_all(), "");
}

TEST_F(ServerTest, ClosesEveryConnectionWhenItStops) {
  RawClient idle(server_.port());
  idle.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_until("GET /metrics ");
  RawClient half(server_.port());
  half.send("GET /met");
  exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");  // by then the server has accepted both
  on_io_thread([this] { server_.stop(); });
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(half.read_all(), "");
  EXPECT_FALSE(RawClient(server_.port()).is_connected());
}

TEST(Server, SaysWhereItCannotListen) {
  boost::asio::io_context context;
  const auto answer = [](const ServerRequest&) { return ServerResponse(); };
  Server first(context.get_executor(), answer);
  ASSERT_TRUE(first.listen("127.0.0.1", 0));
  Server second(context.get_executor(), answer);
  const auto taken = second.listen("127.0.0.1", first.port());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::transient);
  const auto name = second.listen("localhost", 0);
  ASSERT_FALSE(name) << "names are not addresses";
  EXPECT_EQ(name.error().code, Errc::bad_config);
  first.stop();
  context.run();
}

}  // namespace
}  // namespace billow::http
