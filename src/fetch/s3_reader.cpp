#include "fetch/s3_reader.hpp"

#include "base/deadline.hpp"
#include "fetch/s3_answer.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace billow::fetch {

S3Reader::S3Reader(std::shared_ptr<S3Session> session, ObjectInfo object)
    : session_(std::move(session)),
      object_(std::move(object)),
      name_(session_->name_of(object_.key)),
      backoff_(session_->make_backoff()),
      pace_(session_->retry()) {}

Result<void> S3Reader::check_answer(const http::ResponseStream& stream) const {
  Error changed{Errc::changed, name_ + " is no longer what was listed"};
  const std::string_view etag = bare_etag(stream.header("etag"));
  if (!object_.etag.empty() && !etag.empty() && etag != object_.etag) return changed;
  // A store that knows no Range sends the whole again; only the ETag tells that it is the same.
  const bool is_same_whole = stream.status() == 200 && !etag.empty() && etag == object_.etag;
  if (offset_ == 0 || is_same_whole) {
    if (stream.status() != 200)
      return Error{Errc::malformed, name_ + ": a part was sent, the whole was asked for"};
    const std::string_view length = stream.header("content-length");
    if (!length.empty() && length != std::to_string(object_.size)) return changed;
    return {};
  }
  const auto range = parse_content_range(stream.header("content-range"));
  if (stream.status() != 206 || !range || range->first != offset_) {
    return Error{Errc::malformed, name_ + ": asked for the rest from byte " +
                                      std::to_string(offset_) + ", but the answer is another part"};
  }
  if (range->size != object_.size) return changed;
  if (range->last + 1 != object_.size) {
    return Error{Errc::malformed, name_ + ": the answer ends before the object does"};
  }
  return {};
}

Task<void> S3Reader::open() {
  S3Request request(object_.key, "");
  if (!object_.etag.empty()) request.headers.emplace_back("if-match", "\"" + object_.etag + "\"");
  if (offset_ != 0) request.headers.emplace_back("range", "bytes=" + std::to_string(offset_) + "-");
  auto stream = co_await session_->open(std::move(request), &backoff_);
  if (!stream) {
    Error error = stream.error();
    // It was listed a moment ago: gone means replaced or cleaned up, and the delivery has to start
    // again.
    if (error.code == Errc::not_found) error.code = Errc::changed;
    co_return error;
  }
  if (auto checked = check_answer(**stream); !checked) co_return checked.error();
  stream_ = std::move(*stream);
  skipped_ = stream_->status() == 200 ? offset_ : 0;
  if (!check_) check_.emplace(object_.etag, *stream_);
  co_return Result<void>{};
}

Task<std::size_t> S3Reader::read_once(std::span<char> out) {
  if (!stream_) {
    auto opened = co_await open();
    if (!opened) co_return opened.error();
  }
  auto bytes = co_await receive(out);
  if (!bytes) co_return within(name_, bytes.error());
  if (*bytes == 0 && offset_ != object_.size) {
    // Only an answer without Content-Length can end early in good order.
    co_return Error{Errc::transient, name_ + " ended after " + std::to_string(offset_) + " of " +
                                         std::to_string(object_.size) + " bytes"};
  }
  co_return bytes;
}

Task<std::size_t> S3Reader::receive(std::span<char> out) {
  for (;;) {
    const auto begin = std::chrono::steady_clock::now();
    auto bytes = co_await stream_->read_some(out);
    const std::size_t came = bytes ? *bytes : 0;
    const bool slow = pace_.is_too_slow(std::chrono::steady_clock::now() - begin, came);
    const Error too_slow{Errc::transient, "the bytes come too slowly"};
    if (slow && pace_.slow_windows() == session_->retry().attempts_max) {
      stream_.reset();
      co_return too_slow;
    }
    if (came == 0) co_return bytes;
    const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(skipped_, came));
    skipped_ -= passed;
    if (passed == came && slow) co_return too_slow;
    if (passed == came) continue;
    if (passed != 0) std::memmove(out.data(), out.data() + passed, came - passed);
    if (slow && came - passed < object_.size - offset_) stream_.reset();
    co_return came - passed;
  }
}

Task<std::size_t> S3Reader::read_some(std::span<char> out) {
  if (finished_ || out.empty()) co_return std::size_t{0};
  for (;;) {
    auto bytes = co_await read_once(out);
    if (!bytes) {
      // Without a stream it is final: open() has repeated what can be repeated.
      const bool broke = stream_ != nullptr && retryable(bytes.error().code);
      stream_.reset();
      const auto pause = broke ? backoff_.next() : std::nullopt;
      if (!pause) co_return bytes.error();
      co_await sleep_for(*pause);
      continue;
    }
    if (*bytes > object_.size - offset_) {
      co_return Error{Errc::changed, name_ + " has more bytes than were listed"};
    }
    if (*bytes != 0) {
      offset_ += *bytes;
      backoff_.reset();
      check_->update({out.data(), *bytes});
      co_return bytes;
    }
    finished_ = true;
    stream_.reset();
    if (!check_->matches()) {
      co_return Error{Errc::transient,
                      name_ + ": the bytes that arrived are not those its ETag was made of"};
    }
    co_return std::size_t{0};
  }
}

}  // namespace billow::fetch
