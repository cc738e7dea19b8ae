#include "http/server.hpp"

#include "base/limits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <list>

namespace billow::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Answer = beast::http::response<beast::http::string_body>;

namespace {

/// After a failed accept, most likely for want of file descriptors.
constexpr auto accept_pause = std::chrono::milliseconds(100);
constexpr std::size_t target_bytes_max = 2 * limits::KiB;

Answer make_answer(ServerResponse content, unsigned version, bool keep_alive) {
  Answer answer;
  answer.version(version);
  answer.result(static_cast<unsigned>(content.status));
  answer.set(beast::http::field::content_type, content.content_type);
  answer.set(beast::http::field::cache_control, "no-store");
  answer.set("X-Content-Type-Options", "nosniff");
  if (content.status == 405) answer.set(beast::http::field::allow, "GET, HEAD");
  answer.body() = std::move(content.body);
  answer.keep_alive(keep_alive);
  answer.prepare_payload();
  return answer;
}

ServerResponse plain(int status, std::string text) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(text);
  return response;
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(asio::any_io_executor executor, Handler handler)
      : executor_(std::move(executor)),
        handler_(std::move(handler)),
        acceptor_(executor_),
        pause_(executor_) {}

  Result<void> listen(std::string_view address, std::uint16_t port) {
    ErrorCode ec;
    const auto ip = asio::ip::make_address(std::string(address), ec);
    if (ec) return Error{Errc::bad_config, "'" + std::string(address) + "' is not an IP address"};
    const tcp::endpoint endpoint(ip, port);
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) port_ = acceptor_.local_endpoint(ec).port();
    if (ec) {
      ErrorCode ignored;
      acceptor_.close(ignored);
      // Who has the port may be about to end: the daemon before us.
      const Errc code = ec == asio::error::address_in_use ? Errc::transient : Errc::bad_config;
      return Error{code, "cannot listen on " + std::string(address) + " port " +
                             std::to_string(port) + ": " + ec.message()};
    }
    asio::co_spawn(executor_, accept_loop(shared_from_this()), asio::detached);
    return {};
  }

  std::uint16_t port() const noexcept { return port_; }

  void stop() {
    stopped_ = true;
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (auto* visit : visits_) visit->stream.close();
  }

 private:
  // `self` keeps the members alive while the coroutine runs.
  asio::awaitable<void> accept_loop(std::shared_ptr<Impl> self) {
    while (!stopped_) {
      ErrorCode ec;
      auto token = asio::redirect_error(asio::use_awaitable, ec);
      tcp::socket socket = co_await acceptor_.async_accept(token);
      if (stopped_) break;
      if (ec) {
        pause_.expires_after(accept_pause);
        co_await pause_.async_wait(token);
        continue;
      }
      // Above the bound somebody has to go: waiting would only move the queue into the kernel.
      if (visits_.size() >= limits::server_connections_max && !close_longest_waiting()) continue;
      asio::co_spawn(executor_, session(self, beast::tcp_stream(std::move(socket))),
                     asio::detached);
    }
  }

  asio::awaitable<void> session(std::shared_ptr<Impl> self, beast::tcp_stream stream) {
    Visit visit(*self, stream);
    beast::flat_buffer buffer(limits::server_header_bytes_max + target_bytes_max);
    bool keep_alive = true;
    while (keep_alive && !stopped_) {
      visit.wait();
      stream.expires_after(
          limits::server_idle_timeout);  // for the whole header, however slowly it comes
      beast::http::request_parser<beast::http::empty_body> parser;
      parser.header_limit(limits::server_header_bytes_max);
      ErrorCode ec;
      auto token = asio::redirect_error(asio::use_awaitable, ec);
      co_await beast::http::async_read_header(stream, buffer, parser, token);
      visit.waiting = false;
      Answer answer;
      if (ec) {
        if (ec.category() != make_error_code(beast::http::error::end_of_stream).category() ||
            ec == beast::http::error::end_of_stream || ec == beast::http::error::partial_message) {
          break;
        }
        keep_alive = false;
        const int status = ec == beast::http::error::header_limit ? 431 : 400;
        answer = make_answer(plain(status, "not a request this server understands\n"), 11, false);
      } else {
        // A body is never read, so nothing that follows it on this connection could be understood.
        keep_alive = parser.get().keep_alive() && parser.is_done();
        answer = respond(parser.get(), keep_alive);
      }
      const bool is_head = !ec && parser.get().method() == beast::http::verb::head;
      const ErrorCode write_error = co_await write(stream, std::move(answer), is_head);
      if (write_error) break;
    }
    ErrorCode ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  asio::awaitable<ErrorCode> write(beast::tcp_stream& stream, Answer answer, bool is_head) {
    stream.expires_after(limits::server_idle_timeout);
    ErrorCode ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    beast::http::response_serializer<beast::http::string_body> serializer(answer);
    if (is_head) {
      co_await beast::http::async_write_header(stream, serializer, token);
    } else {
      co_await beast::http::async_write(stream, serializer, token);
    }
    co_return ec;
  }

  Answer respond(const beast::http::request<beast::http::empty_body>& request, bool keep_alive) {
    using beast::http::verb;
    const unsigned version = request.version();
    if (request.method() != verb::get && request.method() != verb::head) {
      return make_answer(plain(405, "only GET and HEAD\n"), version, keep_alive);
    }
    const std::string_view target(request.target().data(), request.target().size());
    if (target.size() > target_bytes_max)
      return make_answer(plain(414, "too long\n"), version, keep_alive);
    if (!target.starts_with('/'))
      return make_answer(plain(400, "not a path\n"), version, keep_alive);
    ServerRequest asked;
    asked.method = std::string(request.method_string());
    const auto mark = target.find('?');
    asked.path = std::string(target.substr(0, mark));
    if (mark != std::string_view::npos) asked.query = std::string(target.substr(mark + 1));
    try {
      return make_answer(handler_(asked), version, keep_alive);
    } catch (const std::exception&) {
      return make_answer(plain(500, "internal error\n"), version, keep_alive);
    }
  }

  /// A session's place among the visits.
  struct Visit {
    Visit(Impl& server_, beast::tcp_stream& stream_)
        : server(server_),
          stream(stream_),
          place(server.visits_.insert(server.visits_.end(), this)) {}
    ~Visit() { server.visits_.erase(place); }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    /// A request is waited for from now on.
    void wait() {
      waiting = true;
      server.visits_.splice(server.visits_.end(), server.visits_, place);
    }
    Impl& server;
    beast::tcp_stream& stream;
    std::list<Visit*>::iterator place;
    bool waiting = false;
  };

  /// Makes room by closing the connection on which a whole request has been waited for longest;
  /// false when all are being answered.
  bool close_longest_waiting() {
    const auto found = std::find_if(visits_.begin(), visits_.end(),
                                    [](const Visit* visit) { return visit->waiting; });
    if (found == visits_.end()) return false;
    (*found)->waiting = false;
    (*found)->stream.close();
    return true;
  }

  asio::any_io_executor executor_;
  Handler handler_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
  std::list<Visit*> visits_;  ///< by when they began to wait for their latest request
};

Server::Server(asio::any_io_executor executor, Handler handler)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(handler))) {}
Server::~Server() { stop(); }
Result<void> Server::listen(std::string_view address, std::uint16_t port) {
  return impl_->listen(address, port);
}
std::uint16_t Server::port() const noexcept { return impl_->port(); }
void Server::stop() { impl_->stop(); }

}  // namespace billow::http
