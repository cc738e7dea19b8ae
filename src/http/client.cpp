#include "http/client.hpp"

#include "http/connection.hpp"
#include "http/inflate.hpp"
#include "http/message.hpp"
#include "http/response_reader.hpp"
#include "http/tls.hpp"

#include <algorithm>
#include <list>

namespace billow::http {
namespace {

/// Idle connections are not kept longer: load balancers and S3 forget them without a word.
constexpr auto idle_age_max = std::chrono::seconds(60);

/// Connections that wait for the next request, oldest first. Shared with the streams that give
/// theirs back.
class Pool {
 public:
  explicit Pool(std::size_t connections_max) : connections_max_(connections_max) {}

  std::unique_ptr<Connection> take(const std::string& key) {
    const auto oldest = Clock::now() - idle_age_max;
    while (!idle_.empty() && idle_.front().since < oldest) idle_.pop_front();
    for (auto it = idle_.end(); it != idle_.begin();) {
      --it;
      if (it->key != key) continue;
      auto connection = std::move(it->connection);
      it = idle_.erase(it);
      if (!connection->is_stale()) return connection;
    }
    return nullptr;
  }

  void give_back(const std::string& key, std::unique_ptr<Connection> connection) {
    if (!connection || connections_max_ == 0) return;
    if (idle_.size() == connections_max_) idle_.pop_front();
    idle_.push_back(Idle{key, std::move(connection), Clock::now()});
  }

 private:
  struct Idle {
    std::string key;
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };
  std::size_t connections_max_;
  std::list<Idle> idle_;
};

std::string pool_key(const Url& url) {
  return (url.tls ? "https://" : "http://") + url.authority();
}

class Stream final : public ResponseStream {
 public:
  Stream(std::unique_ptr<ResponseReader> reader, std::shared_ptr<Pool> pool, std::string key,
         std::chrono::milliseconds idle_timeout)
      : reader_(std::move(reader)),
        pool_(std::move(pool)),
        key_(std::move(key)),
        idle_timeout_(idle_timeout),
        status_(reader_->status()),
        headers_(std::move(reader_->headers())) {
    give_back_when_done();
  }

  int status() const noexcept override { return status_; }
  std::string_view header(std::string_view name) const noexcept override {
    return find_header(headers_, name);
  }

  Task<std::size_t> read_some(std::span<char> out) override {
    if (!reader_ || out.empty()) co_return std::size_t{0};
    if (failed_) co_return Error{Errc::transient, "the body broke off before"};
    reader_->connection().expires_at(Clock::now() + idle_timeout_);
    auto bytes = co_await reader_->read_some(out);
    failed_ = !bytes;
    if (bytes) give_back_when_done();
    co_return bytes;
  }

 private:
  void give_back_when_done() {
    if (!reader_->is_done()) return;
    pool_->give_back(key_, reader_->release());
    reader_.reset();
  }

  std::unique_ptr<ResponseReader> reader_;  ///< null once the body has been read
  std::shared_ptr<Pool> pool_;
  std::string key_;
  std::chrono::milliseconds idle_timeout_;
  bool failed_ = false;
  int status_;
  Headers headers_;
};

}  // namespace

class Client::Impl {
 public:
  explicit Impl(ClientOptions options)
      : options_(std::move(options)),
        pool_(std::make_shared<Pool>(options_.idle_connections_max)) {}

  /// Sends the request and reads the header of its answer.
  Task<std::unique_ptr<ResponseReader>> exchange(Request request) {
    auto header = header_text(request);
    if (!header) co_return header.error();
    const std::string key = pool_key(request.url);
    if (auto kept = pool_->take(key)) {
      bool once_more = false;
      auto reader = co_await attempt(std::move(kept), request, *header, &once_more);
      if (!once_more) co_return reader;
    }
    std::shared_ptr<boost::asio::ssl::context> tls;
    if (request.url.tls) {
      auto made = tls_context();
      if (!made) co_return made.error();
      tls = std::move(*made);
    }
    auto fresh = co_await connect(request.url, options_.connect_timeout, std::move(tls));
    if (!fresh) co_return fresh.error();
    bool ignored = false;
    co_return co_await attempt(std::move(*fresh), std::move(request), std::move(*header), &ignored);
  }

  Task<Response> send(Request request) {
    const std::string key = pool_key(request.url);
    auto opened = co_await exchange(std::move(request));
    if (!opened) co_return opened.error();
    ResponseReader& reader = **opened;
    auto body = co_await reader.read_body(options_.response_bytes_max);
    if (!body) co_return within(key, body.error());
    Response response;
    response.status = reader.status();
    response.headers = std::move(reader.headers());
    response.body = std::move(*body);
    pool_->give_back(key, reader.release());
    const std::string_view encoding = response.header("content-encoding");
    if ((encoding == "gzip" || encoding == "x-gzip") && !response.body.empty()) {
      auto unpacked = gunzip(response.body, options_.response_bytes_max);
      if (!unpacked) co_return within(key, unpacked.error());
      response.body = std::move(*unpacked);
    }
    co_return response;
  }

  Task<std::unique_ptr<ResponseStream>> open(Request request) {
    std::string key = pool_key(request.url);
    auto reader = co_await exchange(std::move(request));
    if (!reader) co_return reader.error();
    std::unique_ptr<ResponseStream> stream =
        std::make_unique<Stream>(std::move(*reader), pool_, std::move(key), options_.idle_timeout);
    co_return stream;
  }

 private:
  /// One try over one connection. `once_more`: the peer closed before any byte of an answer came.
  Task<std::unique_ptr<ResponseReader>> attempt(std::unique_ptr<Connection> connection,
                                                Request request, std::string header,
                                                bool* once_more) {
    connection->expires_at(Clock::now() + options_.request_timeout);
    auto written = co_await connection->write(std::move(header), request.body);
    const bool write_broke = !written && connection->peer_closed();
    if (!written && !write_broke) co_return written.error();
    // A server that refuses a large body (413) answers and closes while we still write: look for
    // that answer.
    auto reader = std::make_unique<ResponseReader>(std::move(connection), request.method == "HEAD");
    auto read = co_await reader->read_header();
    if (read) co_return reader;
    *once_more = !reader->has_begun() && reader->connection().peer_closed();
    if (write_broke) co_return written.error();
    co_return within(request.url.authority(), read.error());
  }

  /// The context is made when it is first needed: most of our connections are plain and local.
  Result<std::shared_ptr<boost::asio::ssl::context>> tls_context() {
    if (!tls_) {
      auto made = make_tls_context(options_.tls);
      if (!made) return made.error();
      tls_ = std::move(*made);
    }
    return tls_;
  }

  ClientOptions options_;
  std::shared_ptr<Pool> pool_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Task<Response> Client::send(Request request) { return impl_->send(std::move(request)); }
Task<std::unique_ptr<ResponseStream>> Client::open(Request request) {
  return impl_->open(std::move(request));
}

}  // namespace billow::http
