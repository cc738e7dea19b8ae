#include "fetch/s3_store.hpp"

#include "base/deadline.hpp"
#include "fetch/s3_answer.hpp"
#include "fetch/s3_reader.hpp"
#include "http/retry_after.hpp"

#include <algorithm>

namespace billow::fetch {
namespace {

/// S3 may send pages with few keys or none, so the number of keys alone does not bound a listing.
constexpr int list_pages_max = 10'000;

/// Reads to the end, up to limits::small_object_bytes_max.
Task<std::string> read_all(http::ResponseStream& stream) {
  std::string bytes;
  std::vector<char> block(64 * limits::KiB);
  for (;;) {
    auto count = co_await stream.read_some(block);
    if (!count) co_return count.error();
    if (*count == 0) co_return bytes;
    bytes.append(block.data(), *count);
    if (bytes.size() > limits::small_object_bytes_max) {
      co_return Error{Errc::over_limit,
                      "larger than " + std::to_string(limits::small_object_bytes_max) + " bytes"};
    }
  }
}

std::string list_query(const std::string& prefix, const std::string& token) {
  std::string query = "encoding-type=url&list-type=2&prefix=" + http::percent_encode(prefix);
  if (!token.empty()) query = "continuation-token=" + http::percent_encode(token) + "&" + query;
  return query;
}

}  // namespace

S3Store::S3Store(std::shared_ptr<S3Session> session) : session_(std::move(session)) {}

std::string S3Store::name() const { return session_->name_of(""); }

Task<Object> S3Store::read_whole(S3Request request) {
  const std::string name = session_->name_of(request.key);
  Backoff backoff = session_->make_backoff();
  for (;;) {
    auto stream = co_await session_->open(request, &backoff);
    if (!stream) co_return stream.error();
    auto read = co_await complete_within(session_->answer_time_max(), read_all(**stream));
    Result<std::string> bytes =
        Error{Errc::transient, "the answer did not come to its end in time"};
    if (read) bytes = *std::move(read);
    Error error{Errc::transient, "the bytes that arrived are not those its ETag was made of"};
    if (bytes) {
      Object object;
      object.info.key = request.key;
      object.info.size = bytes->size();
      object.info.etag = bare_etag((*stream)->header("etag"));
      object.info.modified = http::parse_http_date((*stream)->header("last-modified")).value_or(0);
      EtagCheck check(object.info.etag, **stream);
      check.update(*bytes);
      object.bytes = std::move(*bytes);
      if (check.matches()) co_return object;
    } else {
      error = bytes.error();
    }
    const auto pause = retryable(error.code) ? backoff.next() : std::nullopt;
    if (!pause) co_return within(name, error);
    co_await sleep_for(*pause);
  }
}

Task<std::vector<ObjectInfo>> S3Store::list(std::string prefix) {
  std::vector<ObjectInfo> found;
  std::size_t bytes = 0;
  std::string token;
  for (int pages = 0;; ++pages) {
    S3Request request("", list_query(prefix, token));
    auto answer = co_await read_whole(std::move(request));
    if (!answer) co_return answer.error();
    auto page = parse_list_page(answer->bytes);
    if (!page) co_return within(name(), page.error());
    for (ObjectInfo& info : page->objects) {
      if (!info.key.starts_with(prefix)) {
        co_return Error{Errc::malformed,
                        name() + ": the listing holds keys that were not asked for"};
      }
      bytes += info.key.size() + info.etag.size();
      found.push_back(std::move(info));
    }
    if (found.size() > limits::listed_objects_max || bytes > limits::listed_keys_bytes_max) {
      co_return Error{Errc::over_limit,
                      name() + ": more than " + std::to_string(limits::listed_objects_max) +
                          " objects under '" + prefix + "', or more than " +
                          std::to_string(limits::listed_keys_bytes_max) + " bytes of keys"};
    }
    if (page->next_token.empty()) break;
    if (page->next_token == token || pages == list_pages_max) {
      co_return Error{Errc::malformed, name() + ": the listing does not come to an end"};
    }
    token = std::move(page->next_token);
  }
  // S3 sorts; not every store that speaks its protocol does.
  if (!std::ranges::is_sorted(found, {}, &ObjectInfo::key))
    std::ranges::sort(found, {}, &ObjectInfo::key);
  co_return found;
}

Task<Object> S3Store::get(std::string key) {
  S3Request request(std::move(key), "");
  return read_whole(std::move(request));
}

Task<std::unique_ptr<ObjectReader>> S3Store::open(ObjectInfo object) {
  auto reader = std::make_unique<S3Reader>(session_, std::move(object));
  auto opened = co_await reader->open();
  if (!opened) co_return opened.error();
  std::unique_ptr<ObjectReader> result = std::move(reader);
  co_return result;
}

}  // namespace billow::fetch
