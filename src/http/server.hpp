#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace billow::http {

struct ServerRequest {
  std::string method;
  std::string path;   ///< without the query
  std::string query;  ///< after '?', percent-encoded
};

struct ServerResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// A small HTTP/1.1 server for metrics and health: GET and HEAD only, bounded headers, time and
/// connections. Above the bound of connections, the one that has waited longest for its client's
/// request has to go, so that idle ones lock nobody out. Everything runs on the executor it was
/// made with; `handler` must not block.
class Server {
 public:
  using Handler = std::function<ServerResponse(const ServerRequest&)>;

  Server(boost::asio::any_io_executor executor, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and starts to accept. `address` is an IP address; port 0 picks a free one.
  /// Errc::transient when another program has the port, bad_config for all else.
  Result<void> listen(std::string_view address, std::uint16_t port);
  /// The port it listens on.
  std::uint16_t port() const noexcept;
  /// Stops accepting and closes every connection.
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace billow::http
