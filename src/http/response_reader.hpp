#pragma once

#include "http/connection.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace billow::http {

/// Receives what Beast finds in an answer. The body goes to whichever place is set at the moment.
class ResponseParser final : public boost::beast::http::basic_parser<false> {
 public:
  int code = 0;
  Headers headers;               ///< names in lower case; trailers are dropped
  std::string* whole = nullptr;  ///< body is appended here, or ...
  std::span<char> room;          ///< ... copied here as far as it fits
  std::size_t copied = 0;        ///< bytes of `room` filled

 private:
  using View = boost::beast::string_view;
  using ErrorCode = boost::beast::error_code;
  void on_request_impl(boost::beast::http::verb, View, View, int, ErrorCode&) override {}
  void on_response_impl(int status, View, int, ErrorCode&) override { code = status; }
  void on_field_impl(boost::beast::http::field, View name, View value, ErrorCode&) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(View body, ErrorCode&) override { return take(body); }
  void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, ErrorCode&) override {
    return take(body);
  }
  void on_finish_impl(ErrorCode&) override {}
  std::size_t take(View body);
};

/// One answer on one connection: first its header, then its body in one piece or in several.
class ResponseReader {
 public:
  ResponseReader(std::unique_ptr<Connection> connection, bool is_head);

  /// Reads up to the end of the final header; interim (1xx) answers are skipped.
  Task<void> read_header();
  /// Reads the rest of the body. Errc::over_limit beyond `bytes_max`.
  Task<std::string> read_body(std::size_t bytes_max);
  /// Reads some of the body; 0 at its end. `out` has to live until this returns.
  Task<std::size_t> read_some(std::span<char> out);

  int status() const noexcept { return parser_->code; }
  Headers& headers() noexcept { return parser_->headers; }
  const Headers& headers() const noexcept { return parser_->headers; }
  Connection& connection() noexcept { return *connection_; }
  /// True as soon as one byte of an answer has arrived.
  bool has_begun() const noexcept { return has_begun_; }
  bool is_done() const { return parser_->is_done(); }
  /// The connection for the next request, or null where the answer does not allow one.
  std::unique_ptr<Connection> release();

 private:
  /// Hands what is buffered to the parser until it wants more, is done, or `room` is full.
  Result<void> parse();
  /// Reads more from the connection; at its end tells the parser.
  Task<void> fill();
  void restart_parser();

  std::unique_ptr<Connection> connection_;
  bool is_head_;
  bool has_begun_ = false;
  std::optional<ResponseParser> parser_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< buffer_[begin_, end_) is read but not parsed
  std::size_t end_ = 0;
};

}  // namespace billow::http
