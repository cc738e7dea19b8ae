#include "http/connection.hpp"

#include "http/name_lookup.hpp"
#include "http/tls.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <array>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace billow::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Tls = beast::ssl_stream<beast::tcp_stream>;

namespace {

/// Asio's own condition asks the kernel for 64 KiB at a time, and arms the deadline's timer for
/// each.
std::size_t all_at_once(const ErrorCode& ec, std::size_t) noexcept {
  constexpr std::size_t bytes_at_once = std::size_t{4} << 20;
  return ec ? 0 : bytes_at_once;
}

/// How long the kernel tries to deliver what we sent before it calls the peer dead.
constexpr unsigned unacknowledged_ms_max = 30'000;

bool is_peer_closed(const ErrorCode& ec) noexcept {
  return ec == asio::error::eof || ec == asio::error::connection_reset ||
         ec == asio::error::broken_pipe || ec == asio::ssl::error::stream_truncated;
}

Error io_error(const std::string& peer, const ErrorCode& ec) {
  if (ec == asio::error::operation_aborted) return {Errc::cancelled, "cancelled: " + peer};
  if (ec == beast::error::timeout) return {Errc::transient, "no answer from " + peer + " in time"};
  return {Errc::transient, "connection with " + peer + " failed: " + ec.message()};
}

beast::tcp_stream& lowest(beast::tcp_stream& stream) noexcept { return stream; }
beast::tcp_stream& lowest(Tls& stream) noexcept { return stream.next_layer(); }

template <class Stream>
class StreamConnection final : public Connection {
 public:
  StreamConnection(Stream stream, std::string peer, std::shared_ptr<asio::ssl::context> tls)
      : tls_(std::move(tls)), stream_(std::move(stream)), peer_(std::move(peer)) {}

  Task<std::size_t> read_some(char* data, std::size_t size) override {
    ErrorCode ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    const std::size_t bytes = co_await stream_.async_read_some(asio::buffer(data, size), token);
    if (!ec) co_return bytes;
    if (ec == asio::error::eof) {
      peer_closed_ = true;
      co_return std::size_t{0};
    }
    co_return failure(ec);
  }

  Task<void> write(std::string header, std::shared_ptr<const std::string> body) override {
    ErrorCode ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    if constexpr (std::is_same_v<Stream, Tls>) {
      // One buffer at a time: of a short buffer and a large one, Beast 1.81's TLS stream sent the
      // first and reported success (client_tls_test has the sizes).
      co_await asio::async_write(stream_, asio::buffer(header), token);
      if (!ec && body) co_await asio::async_write(stream_, asio::buffer(*body), token);
    } else {
      std::array<asio::const_buffer, 2> parts;
      parts[0] = asio::buffer(header);
      if (body) parts[1] = asio::buffer(*body);
      co_await asio::async_write(stream_, parts, all_at_once, token);
    }
    if (ec) co_return failure(ec);
    co_return Result<void>{};
  }

  void expires_at(Clock::time_point deadline) override { lowest(stream_).expires_at(deadline); }

  bool is_stale() override {
    // Anything readable is an end of file, a TLS close, or bytes nobody asked for: never reuse.
    char byte = 0;
    const auto socket = lowest(stream_).socket().native_handle();
    const auto bytes = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return bytes >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

  bool peer_closed() const noexcept override { return peer_closed_; }

 private:
  Error failure(const ErrorCode& ec) {
    peer_closed_ = is_peer_closed(ec);
    if constexpr (std::is_same_v<Stream, Tls>) {
      if (ec.category() == asio::error::get_ssl_category()) {
        return tls_error(stream_.native_handle(), peer_, ec);
      }
    }
    return io_error(peer_, ec);
  }

  std::shared_ptr<asio::ssl::context> tls_;  // outlives the stream made with it
  Stream stream_;
  std::string peer_;
  bool peer_closed_ = false;
};

/// Shared by all clients: a name that hangs takes one thread of the process, however many ask.
NameLookups& name_lookups() {
  static NameLookups lookups(ask_system);
  return lookups;
}

Task<Addresses> resolve(Url url, Clock::time_point deadline) {
  ErrorCode ec;
  const auto literal = asio::ip::make_address(url.host, ec);
  if (!ec) co_return Addresses(1, tcp::endpoint(literal, url.port));
  auto found = co_await name_lookups().find(url.host, deadline);
  if (!found) co_return found.error();
  for (tcp::endpoint& address : *found) address.port(url.port);
  co_return found;
}

/// Tries one address after the other, each with its share of the time left, so that one dead
/// address (an IPv6 route that leads nowhere) does not use it all up.
Task<void> connect_any(beast::tcp_stream& stream, Addresses endpoints, std::string peer,
                       Clock::time_point deadline) {
  ErrorCode ec;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto left = deadline - Clock::now();
    stream.expires_after(left / static_cast<int>(endpoints.size() - i));
    ec.clear();
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    co_await stream.async_connect(endpoints[i], token);
    if (!ec) break;
    if (ec == asio::error::operation_aborted) break;
    ErrorCode ignored;
    stream.socket().close(ignored);
  }
  if (ec) co_return within("connecting to " + peer, io_error(peer, ec));
  stream.socket().set_option(tcp::no_delay(true), ec);
  stream.socket().set_option(asio::socket_base::keep_alive(true), ec);
  ::setsockopt(stream.socket().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT,
               &unacknowledged_ms_max, sizeof unacknowledged_ms_max);
  stream.expires_at(deadline);
  co_return Result<void>{};
}

}  // namespace

Task<std::unique_ptr<Connection>> connect(Url url, std::chrono::milliseconds limit,
                                          std::shared_ptr<asio::ssl::context> tls) {
  const auto deadline = Clock::now() + limit;
  const std::string peer = url.authority();
  auto endpoints = co_await resolve(url, deadline);
  if (!endpoints) co_return endpoints.error();
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  beast::tcp_stream plain(executor);
  auto connected = co_await connect_any(plain, std::move(*endpoints), peer, deadline);
  if (!connected) co_return connected.error();

  std::unique_ptr<Connection> connection;
  if (!tls) {
    connection =
        std::make_unique<StreamConnection<beast::tcp_stream>>(std::move(plain), peer, nullptr);
    co_return connection;
  }
  Tls stream(std::move(plain), *tls);
  if (auto expected = expect_host(stream.native_handle(), url.host); !expected)
    co_return expected.error();
  ErrorCode ec;
  auto token = asio::redirect_error(asio::use_awaitable, ec);
  co_await stream.async_handshake(asio::ssl::stream_base::client, token);
  if (ec == asio::error::operation_aborted || ec == beast::error::timeout) {
    co_return within("TLS handshake", io_error(peer, ec));
  }
  if (ec) co_return tls_error(stream.native_handle(), peer, ec);
  connection = std::make_unique<StreamConnection<Tls>>(std::move(stream), peer, std::move(tls));
  co_return connection;
}

}  // namespace billow::http
