#include "fetch/s3_session.hpp"

#include "auth/sigv4.hpp"
#include "base/deadline.hpp"
#include "fetch/s3_answer.hpp"
#include "http/retry_after.hpp"

#include <array>

namespace billow::fetch {
namespace {

constexpr std::size_t refusal_bytes_max = 64 * limits::KiB;

/// As much of a refusal's body as arrives before it breaks off: it only makes the message better.
Task<std::string> read_refusal(http::ResponseStream& stream) {
  std::string body;
  std::array<char, 4096> block;
  while (body.size() < refusal_bytes_max) {
    auto bytes = co_await stream.read_some(block);
    if (!bytes || *bytes == 0) break;
    body.append(block.data(), *bytes);
  }
  co_return body;
}

/// Tells a person what to do about a refusal.
Error explained(const std::string& name, bool is_listing, const Refusal& refusal) {
  Error error = within(name, refusal.error);
  if (refusal.aws_code == "AccessDenied" || refusal.aws_code == "AllAccessDisabled") {
    error.detail +=
        is_listing ? " (listing needs s3:ListBucket on the bucket)"
                   : " (reading needs s3:GetObject on the object, and kms:Decrypt where it is "
                     "encrypted by KMS; without s3:ListBucket a missing object looks the same)";
  } else if (refusal.remedy == Remedy::set_clock) {
    error.detail += " (the clock of this machine is wrong)";
  } else if (refusal.remedy == Remedy::learn_region) {
    error.detail += " (the bucket is in region '" + refusal.region + "')";
  }
  return error;
}

}  // namespace

S3Session::S3Session(S3Place place, http::ClientOptions options, RetryPolicy retry,
                     std::unique_ptr<auth::AwsCredentials> credentials)
    : place_(std::move(place)),
      retry_(retry),
      answer_time_max_(options.request_timeout),
      client_(std::move(options)),
      credentials_(std::move(credentials)) {}

std::string S3Session::name_of(std::string_view key) const {
  std::string name = "s3://" + place_.bucket;
  if (!key.empty()) name.append("/").append(key);
  return name;
}

Task<std::unique_ptr<http::ResponseStream>> S3Session::try_once(S3Request request,
                                                                auth::Credentials credentials) {
  http::Request message("GET", s3_url(place_, request.key, request.query));
  message.headers = std::move(request.headers);
  auth::SigningScope scope;
  scope.service = "s3";
  scope.region = place_.region;
  scope.time = now() + clock_offset_s_;
  auth::sign(message, credentials, scope);
  return client_.open(std::move(message));
}

Task<std::unique_ptr<http::ResponseStream>> S3Session::open(S3Request request, Backoff* backoff) {
  const std::string name = name_of(request.key);
  Tried tried;
  std::optional<std::pair<auth::Credentials, Refusal>> refused;
  for (;;) {
    auto credentials = co_await credentials_->current();
    if (!credentials) co_return within(name, credentials.error());
    if (refused && refused->first == *credentials)  // nothing better was found
      co_return explained(name, request.key.empty(), refused->second);
    const std::string region = place_.region;
    auto stream = co_await try_once(request, *credentials);
    Refusal refusal;
    std::chrono::milliseconds asked{};
    if (stream) {
      const int status = (*stream)->status();
      if (status == 200 || status == 206) co_return std::move(*stream);
      auto body = co_await complete_within(answer_time_max_, read_refusal(**stream));
      RefusedAnswer answer;
      answer.status = status;
      if (body) answer.body = **body;
      answer.bucket_region = (*stream)->header("x-amz-bucket-region");
      answer.date = (*stream)->header("date");
      refusal = judge_refusal(answer);
      asked = http::parse_retry_after((*stream)->header("retry-after"), answer.date)
                  .value_or(std::chrono::seconds{0});
    } else {
      refusal.error = stream.error();
      if (retryable(refusal.error.code)) refusal.remedy = Remedy::wait;
    }
    if (refusal.remedy == Remedy::learn_region && !std::exchange(tried.region, true) &&
        is_region(refusal.region) && refusal.region != region) {
      place_.region = refusal.region;
    } else if (refusal.remedy == Remedy::set_clock && refusal.server_time &&
               !std::exchange(tried.clock, true)) {
      clock_offset_s_ = *refusal.server_time - now();
    } else if (refusal.remedy == Remedy::renew_credentials &&
               !std::exchange(tried.credentials, true)) {
      credentials_->refused(*credentials);
      refused.emplace(*std::move(credentials), std::move(refusal));
    } else {
      const auto pause = refusal.remedy == Remedy::wait ? backoff->next(asked) : std::nullopt;
      if (!pause) co_return explained(name, request.key.empty(), refusal);
      co_await sleep_for(*pause);
    }
  }
}

}  // namespace billow::fetch
