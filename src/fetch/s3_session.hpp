#pragma once

#include "auth/aws_credentials.hpp"
#include "base/task.hpp"
#include "fetch/backoff.hpp"
#include "fetch/s3_address.hpp"
#include "http/client.hpp"

#include <memory>
#include <string>
#include <utility>

namespace billow::fetch {

/// A GET to a bucket.
struct S3Request {
  S3Request(std::string key_, std::string query_)
      : key(std::move(key_)), query(std::move(query_)) {}
  std::string key;    ///< "" for the bucket itself
  std::string query;  ///< percent-encoded
  http::Headers headers;
};

/// One bucket, and how we talk to it: signs, retries, learns the bucket's region and the difference
/// of clocks. Shared by a store and its readers. All calls on the io thread.
class S3Session {
 public:
  S3Session(S3Place place, http::ClientOptions options, RetryPolicy retry,
            std::unique_ptr<auth::AwsCredentials> credentials);

  /// Sends until the answer is a success (200 or 206), whose body is then to be read, or nothing
  /// more can be done. `backoff` counts the failures and has to live until this returns.
  Task<std::unique_ptr<http::ResponseStream>> open(S3Request request, Backoff* backoff);

  /// A fresh count of failures.
  Backoff make_backoff() const { return Backoff(retry_, random_seed()); }
  const RetryPolicy& retry() const noexcept { return retry_; }
  /// What an answer that is read whole may take, from its header to its end.
  std::chrono::milliseconds answer_time_max() const noexcept { return answer_time_max_; }
  /// "s3://bucket" or "s3://bucket/key".
  std::string name_of(std::string_view key) const;

 private:
  /// What was done once already for this request and would not help a second time.
  struct Tried {
    bool region = false;
    bool clock = false;
    bool credentials = false;
  };
  Task<std::unique_ptr<http::ResponseStream>> try_once(S3Request request,
                                                       auth::Credentials credentials);

  S3Place place_;
  RetryPolicy retry_;
  std::chrono::milliseconds answer_time_max_;
  http::Client client_;
  std::unique_ptr<auth::AwsCredentials> credentials_;
  std::int64_t clock_offset_s_ = 0;  ///< their clock minus ours
};

}  // namespace billow::fetch
