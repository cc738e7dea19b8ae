#pragma once

#include "base/limits.hpp"
#include "base/task.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace billow::http {

/// scheme://host[:port]/path[?query]. No user info, no fragment.
struct Url {
  bool tls = false;
  std::string host;  ///< name, IPv4, or IPv6 without brackets; lower case
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query as they go on the wire, percent-encoded

  static Result<Url> parse(std::string_view text);
  /// host, or host:port where the port is not the scheme's own: the Host header.
  std::string authority() const;
  /// True for localhost, 127.0.0.0/8 and ::1.
  bool is_loopback() const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Request() = default;
  Request(std::string method_, Url url_) : method(std::move(method_)), url(std::move(url_)) {}
  std::string method = "GET";
  Url url;
  Headers headers;                          ///< Host and Content-Length are added
  std::shared_ptr<const std::string> body;  ///< shared, since a request may be sent again
};

struct Response {
  int status = 0;
  Headers headers;   ///< names in lower case
  std::string body;  ///< decoded if it came with Content-Encoding: gzip
  /// The first header of this (lower-case) name, or "".
  std::string_view header(std::string_view name) const noexcept;
};

/// How a server's certificate is checked and how we identify ourselves. Verification is never off:
/// a private authority is named by its file.
struct TlsOptions {
  std::string ca_file;           ///< PEM; empty: the system's authorities
  std::string certificate_file;  ///< PEM chain of our client certificate; empty: none
  std::string key_file;          ///< PEM key of it
};

/// Errc::bad_config names the file that cannot be used. What a client would find with its first
/// connection, for those who want to know before.
Result<void> check_tls(const TlsOptions& options);

struct ClientOptions {
  TlsOptions tls;
  std::chrono::milliseconds connect_timeout =
      limits::connect_timeout;  ///< name resolution, TCP and TLS together
  std::chrono::milliseconds request_timeout =
      limits::request_timeout;  ///< from the first byte sent to the last received
  std::chrono::milliseconds idle_timeout =
      limits::idle_timeout;  ///< between two reads of a streamed body
  std::size_t response_bytes_max = limits::response_bytes_max;  ///< of a whole response
  std::size_t idle_connections_max = 16;  ///< kept per client for later requests
};

/// A body that is read piece by piece. Owned by the caller; destroying it in mid-body closes the
/// connection.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  virtual int status() const noexcept = 0;
  virtual std::string_view header(std::string_view name) const noexcept = 0;
  /// The next bytes of the body, at most `out.size()`, as they are on the wire (not inflated); 0 at
  /// its end. A body that ends before its Content-Length is Errc::transient.
  virtual Task<std::size_t> read_some(std::span<char> out) = 0;
};

/// HTTP/1.1 client with kept-alive connections, one per thread of control: all calls on the io
/// thread. Follows no redirects and repeats nothing, except that a request on a kept connection
/// which the peer closed before any byte of an answer goes once more over a new one. Failures:
/// transient (resolve, connect, cut, time-out, TLS trouble while connected), unauthorized
/// (certificate refused by us), over_limit, malformed. Any HTTP status is a value, not an error.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Task<Response> send(Request request);
  /// Sends and returns once the header has arrived.
  Task<std::unique_ptr<ResponseStream>> open(Request request);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// RFC 3986 percent-encoding of everything but A-Za-z0-9-_.~ ; `keep_slash` leaves '/' as it is.
std::string percent_encode(std::string_view text, bool keep_slash = false);

}  // namespace billow::http
