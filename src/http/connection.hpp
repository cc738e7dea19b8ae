#pragma once

#include "base/task.hpp"
#include "http/client.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace billow::http {

using Clock = std::chrono::steady_clock;

/// An open connection, plain or TLS. All calls on the io thread; destroying it closes it at once.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Reads into `data`, which has to live until this returns; 0 when the peer has closed in good
  /// order.
  virtual Task<std::size_t> read_some(char* data, std::size_t size) = 0;
  /// Writes both, one after the other; no body when it is null.
  virtual Task<void> write(std::string header, std::shared_ptr<const std::string> body) = 0;
  /// Calls begun after this one fail with Errc::transient when they have not ended by then.
  virtual void expires_at(Clock::time_point deadline) = 0;
  /// For a connection that lies idle: true when the peer has closed it or sent what nobody asked
  /// for.
  virtual bool is_stale() = 0;
  /// After a failure: true when the peer closed or reset, so that another connection may do better.
  virtual bool peer_closed() const noexcept = 0;
};

/// Resolves, connects and, with a context, shakes hands; all of it within `limit`.
Task<std::unique_ptr<Connection>> connect(Url url, std::chrono::milliseconds limit,
                                          std::shared_ptr<boost::asio::ssl::context> tls);

}  // namespace billow::http
