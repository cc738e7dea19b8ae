#include "fetch/elastic_cloud_store.hpp"

#include "base/deadline.hpp"
#include "base/limits.hpp"
#include "feed/elastic_cloud.hpp"
#include "http/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace billow::fetch {
namespace {

http::ClientOptions answers_of_one_day(http::ClientOptions options) {
  options.response_bytes_max = limits::json_page_bytes_max;
  return options;
}

/// The byte that two hexadecimal digits stand for; nullopt for anything else.
std::optional<char> byte_of(std::string_view digits) {
  unsigned value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return static_cast<char>(value);
}

/// How much of `text` says `c` at its start: as it is, or as JSON or a URL may write it; 0 for none
/// of it.
std::size_t size_of(char c, std::string_view text) {
  if (text.starts_with(c)) return 1;
  if (text.size() > 1 && text[0] == '\\' && text[1] == c) return 2;
  for (const std::string_view mark : {"\\u00", "%"})
    if (text.starts_with(mark) && byte_of(text.substr(mark.size(), 2)) == c) return mark.size() + 2;
  return 0;
}

/// How much of `text` says the secret at its start; 0 for none of it.
std::size_t size_of(std::string_view secret, std::string_view text) {
  std::size_t at = 0;
  for (const char c : secret) {
    const std::size_t size = size_of(c, text.substr(at));
    if (size == 0) return 0;
    at += size;
  }
  return at;
}

/// A provider may repeat in its answer what it was sent, and not letter by letter: many write the
/// `=` at a key's end as `\u003d`.
std::string without(std::string_view secret, std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = size_of(secret, text);
    shown += size == 0 ? text.substr(0, 1) : std::string_view("***");
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return shown;
}

}  // namespace

ElasticCloudStore::ElasticCloudStore(Settings settings, WorkerPool& pool)
    : settings_(std::move(settings)), pool_(pool), client_(answers_of_one_day(settings_.http)) {}

std::string ElasticCloudStore::name() const {
  return settings_.config.endpoint + ", organisation " + settings_.config.organization;
}

http::Request ElasticCloudStore::request_for(UnixSeconds day) const {
  http::Request request("GET", settings_.endpoint);
  std::string& target = request.url.target;
  while (target.ends_with('/')) target.pop_back();
  target += feed::elastic_cloud_target(settings_.config.organization, day);
  request.headers.emplace_back("authorization", "ApiKey " + settings_.api_key);
  request.headers.emplace_back("accept", "application/json");
  request.headers.emplace_back("accept-encoding", "gzip");
  return request;
}

Error ElasticCloudStore::refused(const http::Response& response) const {
  feed::ElasticCloudRefusal refusal;
  refusal.status = response.status;
  // Before it is cut: a key that is cut in two would not be found.
  const std::string body = without(settings_.api_key, response.body);
  const std::string location = without(settings_.api_key, response.header("location"));
  refusal.body = body;
  refusal.location = location;
  return feed::elastic_cloud_error(settings_.config.organization, refusal);
}

Task<std::string> ElasticCloudStore::ask(std::string key) {
  const auto day = feed::elastic_cloud_day(key);
  if (!day || *day + seconds_per_day > settings_.clock())
    co_return Error{Errc::not_found, name() + ": " + key + " is no day that is over"};
  const std::string where = settings_.config.endpoint + ": costs of " + format_date(*day);
  Backoff backoff(settings_.retry, random_seed());
  for (;;) {
    http::Request request = request_for(*day);
    auto response = co_await client_.send(std::move(request));
    Error error{Errc::transient, ""};
    std::chrono::milliseconds asked{};
    if (!response) {
      error = response.error();
    } else if (response->status == 200) {
      auto checked =
          feed::check_elastic_cloud_body(response->header("content-type"), response->body);
      if (!checked) co_return within(where, checked.error());
      co_return std::move(response->body);
    } else {
      error = refused(*response);
      asked = http::parse_retry_after(response->header("retry-after"), response->header("date"))
                  .value_or(std::chrono::seconds{0});
    }
    const auto pause = retryable(error.code) ? backoff.next(asked) : std::nullopt;
    if (!pause) co_return within(where, error);
    co_await sleep_for(*pause);
  }
}

Task<ElasticCloudStore::Kept> ElasticCloudStore::ask_and_keep(std::string key) {
  forget_other_months(key);
  auto bytes = co_await ask(key);
  if (!bytes) co_return bytes.error();
  auto answer = std::make_shared<KeptAnswer>();
  std::function<void()> work = [&bytes, &answer] { *answer = keep_answer(*bytes); };
  co_await pool_.run(std::move(work));
  Kept kept = std::move(answer);
  if (const auto before = kept_.find(key); before != kept_.end()) {
    kept_bytes_ -= before->second->packed_bytes();
    kept_.erase(before);
  }
  const bool fits = kept_bytes_ + kept->packed_bytes() <= limits::kept_answers_bytes_max;
  if (fits) {
    kept_bytes_ += kept->packed_bytes();
    kept_.emplace(std::move(key), kept);
  }
  co_return kept;
}

void ElasticCloudStore::forget_other_months(const std::string& key) {
  std::string month = key.substr(0, feed::elastic_cloud_prefix("YYYY-MM").size());
  if (month == month_) return;
  month_ = std::move(month);
  kept_.clear();
  kept_bytes_ = 0;
}

Task<std::vector<ObjectInfo>> ElasticCloudStore::list(std::string prefix) {
  auto keys = feed::elastic_cloud_keys(prefix, settings_.clock());
  if (!keys) co_return within(name(), keys.error());
  std::vector<ObjectInfo> found;
  for (const std::string& key : *keys) {
    auto answer = co_await ask_and_keep(key);
    if (!answer) co_return answer.error();
    ObjectInfo info;
    info.key = key;
    info.size = (*answer)->size;
    info.etag = (*answer)->etag;
    found.push_back(std::move(info));
  }
  co_return found;
}

Task<Object> ElasticCloudStore::get(std::string key) {
  auto bytes = co_await ask(key);
  if (!bytes) co_return bytes.error();
  if (bytes->size() > limits::small_object_bytes_max)
    co_return Error{Errc::over_limit, name() + ": " + key + " is larger than " +
                                          std::to_string(limits::small_object_bytes_max) +
                                          " bytes"};
  Object object;
  object.info.key = std::move(key);
  object.info.size = bytes->size();
  object.info.etag = keep_answer(*bytes).etag;
  object.bytes = *std::move(bytes);
  co_return object;
}

Task<std::unique_ptr<ObjectReader>> ElasticCloudStore::open(ObjectInfo object) {
  Kept answer;
  if (const auto found = kept_.find(object.key);
      found != kept_.end() && found->second->etag == object.etag)
    answer = found->second;
  if (!answer) {
    auto asked = co_await ask_and_keep(object.key);
    if (!asked) co_return asked.error();
    answer = *std::move(asked);
  }
  if (answer->etag != object.etag || answer->size != object.size)
    co_return Error{Errc::changed, name() + ": " + object.key + " is no longer what was listed"};
  std::unique_ptr<ObjectReader> reader = std::make_unique<KeptAnswerReader>(std::move(answer));
  co_return reader;
}

}  // namespace billow::fetch
