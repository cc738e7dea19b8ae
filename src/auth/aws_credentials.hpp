#pragma once

#include "auth/credentials.hpp"
#include "auth/environment.hpp"
#include "base/task.hpp"
#include "http/client.hpp"

#include <memory>
#include <string>

namespace billow::auth {

/// Whose credentials are wanted. Empty values are found the usual ways.
struct AwsIdentity {
  std::string profile;      ///< of the shared configuration files
  std::string role_arn;     ///< assumed with the credentials found
  std::string external_id;  ///< sent with AssumeRole
  std::string role_session_name = "billow";
  std::string region;
  std::string sts_endpoint;  ///< instead of AWS's
};

/// A session is renewed when it has less than this left, or less than a quarter of its life; when
/// that fails, it is used on ...
inline constexpr UnixSeconds advisory_refresh_s_max = UnixSeconds{15} * 60;
/// ... until it has less than this left, or less than an eighth. The times are botocore's, which
/// asks for sessions of an hour; roles may allow no more than a quarter of it.
inline constexpr UnixSeconds mandatory_refresh_s_max = UnixSeconds{10} * 60;

/// Finds credentials by the chain of auth/chain.hpp, keeps them and renews them before they expire,
/// one renewal at a time. All calls on the io thread.
class AwsCredentials {
 public:
  AwsCredentials(AwsIdentity identity, http::ClientOptions options, Environment environment);
  ~AwsCredentials();
  AwsCredentials(const AwsCredentials&) = delete;
  AwsCredentials& operator=(const AwsCredentials&) = delete;

  /// Credentials that are good for some minutes at least. Errc::bad_config, unauthorized (the
  /// detail lists everything that was tried) or what kept STS or a metadata service from answering.
  Task<Credentials> current();
  /// A service says that these are expired or unknown: the next call of current() looks again, at
  /// the files too.
  void refused(const Credentials& credentials);
  /// The region: the identity's, AWS_REGION, AWS_DEFAULT_REGION, the profile's, else "us-east-1".
  std::string region() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace billow::auth
