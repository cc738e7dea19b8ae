#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace billow::test {

/// One accepted connection, seen from the server: blocking calls, for one thread.
class Peer {
 public:
  Peer(int socket, ssl_ctx_st* tls);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// The next request with its body, or "" when the client has closed.
  std::string read_request();
  /// Sends all of it; false once the client has closed.
  bool send(std::string_view bytes);
  /// "HTTP/1.1 200 OK", these header lines, Content-Length and the body.
  bool answer(std::string_view body, std::string_view header_lines = "",
              std::string_view status = "200 OK");
  /// Waits until the client closes; whatever it sends is thrown away.
  void wait_for_close();
  /// Waits at most this long; true when the client has closed by then.
  bool closes_within(int milliseconds);
  /// Ends our side of the connection; the client's is still read.
  void finish();
  /// Closes with a TCP reset instead of an orderly end.
  void reset();
  /// False when a TLS handshake failed.
  bool is_open() const noexcept { return open_; }

 private:
  long receive(char* data, std::size_t size);
  int socket_;
  ssl_st* session_ = nullptr;
  bool open_ = true;
  std::string buffered_;
};

/// Listens on 127.0.0.1 and plays one script per connection, in the order of connections; the last
/// script is played for all that follow. Ends with its object.
class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit ScriptedServer(std::vector<Script> scripts, ssl_ctx_st* tls = nullptr);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string url(std::string_view path = "/") const;
  /// Connections accepted so far.
  int connections() const;
  /// A script that answers every request by this function.
  static Script answering(std::function<std::string(const std::string& request)> answer);

 private:
  void serve();

  std::vector<Script> scripts_;
  ssl_ctx_st* tls_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  int connections_ = 0;
  bool stopping_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

/// A whole answer: status line, header lines (each ended by \r\n), Content-Length and body.
std::string http_answer(std::string_view body, std::string_view header_lines = "",
                        std::string_view status = "200 OK");

/// Runs a coroutine to its end on an io_context of its own and hands out what it returned.
template <class T>
T run(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  std::exception_ptr failure;
  const auto done = [&](std::exception_ptr error, T value) {
    failure = error;
    result.emplace(std::move(value));
  };
  boost::asio::co_spawn(context, std::move(work), done);
  context.restart();
  context.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace billow::test
