#include "http/response_reader.hpp"

#include "base/limits.hpp"

#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstring>

namespace billow::http {

namespace beast = boost::beast;

namespace {

constexpr std::uint32_t header_bytes_max = 32 * 1024;
constexpr std::size_t buffer_bytes = 64 * limits::KiB;
static_assert(buffer_bytes > header_bytes_max, "the parser needs a whole header in one piece");
constexpr int interim_answers_max = 8;
constexpr std::size_t headers_max = 256;

Error parse_error(const beast::error_code& ec) {
  using beast::http::error;
  if (ec == error::header_limit) {
    return {Errc::over_limit, "the header of the answer has more than " +
                                  std::to_string(header_bytes_max) + " bytes"};
  }
  if (ec == error::body_limit) return {Errc::over_limit, "the answer is larger than allowed"};
  if (ec == error::partial_message) return {Errc::transient, "the answer was cut short"};
  return {Errc::malformed, "not an HTTP answer: " + ec.message()};
}

}  // namespace

void ResponseParser::on_field_impl(beast::http::field, View name, View value, ErrorCode& ec) {
  if (is_header_done()) return;
  if (headers.size() == headers_max) {
    ec = beast::http::error::header_limit;
    return;
  }
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  headers.emplace_back(std::move(lower), std::string(value));
}

std::size_t ResponseParser::take(View body) {
  if (whole != nullptr) {
    whole->append(body.data(), body.size());
    return body.size();
  }
  const std::size_t bytes = std::min(body.size(), room.size() - copied);
  if (bytes != 0) std::memcpy(room.data() + copied, body.data(), bytes);
  copied += bytes;
  return bytes;
}

ResponseReader::ResponseReader(std::unique_ptr<Connection> connection, bool is_head)
    : connection_(std::move(connection)), is_head_(is_head), buffer_(buffer_bytes) {
  restart_parser();
}

void ResponseReader::restart_parser() {
  parser_.emplace();
  parser_->header_limit(header_bytes_max);
  parser_->body_limit(boost::none);
  parser_->skip(is_head_);
}

Result<void> ResponseReader::parse() {
  while (begin_ != end_ && !parser_->is_done()) {
    beast::error_code ec;
    const std::size_t used = parser_->put({buffer_.data() + begin_, end_ - begin_}, ec);
    begin_ += used;
    if (ec == beast::http::error::need_more) {
      if (end_ - begin_ == buffer_.size()) return Error{Errc::malformed, "endless chunk header"};
      return {};
    }
    if (ec) return parse_error(ec);
    if (used == 0) return {};
    if (parser_->is_header_done() && parser_->whole == nullptr &&
        parser_->copied == parser_->room.size()) {
      return {};
    }
  }
  return {};
}

Task<void> ResponseReader::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  auto bytes = co_await connection_->read_some(buffer_.data() + end_, buffer_.size() - end_);
  if (!bytes) co_return bytes.error();
  if (*bytes != 0) {
    has_begun_ = true;
    end_ += *bytes;
    co_return Result<void>{};
  }
  if (!has_begun_)
    co_return Error{Errc::transient, "the peer closed the connection without an answer"};
  beast::error_code ec;
  if (parser_->got_some()) {
    parser_->put_eof(ec);
  } else {
    ec = beast::http::error::partial_message;
  }
  if (ec) co_return parse_error(ec);
  co_return Result<void>{};
}

Task<void> ResponseReader::read_header() {
  for (int interim = 0; interim <= interim_answers_max; ++interim) {
    for (;;) {
      if (auto parsed = parse(); !parsed) co_return parsed.error();
      if (parser_->is_header_done()) break;
      auto filled = co_await fill();
      if (!filled) co_return filled.error();
    }
    if (parser_->code >= 200 || parser_->code == 101) co_return Result<void>{};
    restart_parser();
  }
  co_return Error{Errc::malformed, "too many interim (1xx) answers"};
}

Task<std::string> ResponseReader::read_body(std::size_t bytes_max) {
  std::string body;
  const auto length = parser_->content_length();
  if (length && !parser_->is_done()) {
    if (*length > bytes_max) co_return parse_error(beast::http::error::body_limit);
    body.reserve(static_cast<std::size_t>(*length));
  }
  parser_->whole = &body;
  while (!parser_->is_done()) {
    if (auto parsed = parse(); !parsed) co_return parsed.error();
    if (body.size() > bytes_max) co_return parse_error(beast::http::error::body_limit);
    if (parser_->is_done()) break;
    auto filled = co_await fill();
    if (!filled) co_return filled.error();
  }
  parser_->whole = nullptr;
  co_return body;
}

Task<std::size_t> ResponseReader::read_some(std::span<char> out) {
  parser_->room = out;
  parser_->copied = 0;
  while (!parser_->is_done() && parser_->copied == 0) {
    if (auto parsed = parse(); !parsed) co_return parsed.error();
    if (parser_->is_done() || parser_->copied != 0) break;
    auto filled = co_await fill();
    if (!filled) co_return filled.error();
  }
  parser_->room = {};
  co_return parser_->copied;
}

std::unique_ptr<Connection> ResponseReader::release() {
  const bool reusable = parser_->is_done() && parser_->keep_alive() && begin_ == end_;
  return reusable ? std::move(connection_) : nullptr;
}

}  // namespace billow::http
