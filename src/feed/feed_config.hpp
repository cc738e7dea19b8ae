#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace billow::feed {

/// Where a feed's objects are: a bucket, or a folder that is a copy of one.
struct Location {
  enum class Scheme { s3, file };
  Scheme scheme = Scheme::file;
  std::string bucket;  ///< s3 only
  std::string prefix;  ///< s3: key prefix without slashes at its ends; may be empty
  std::string path;    ///< file: absolute path of the folder
};

/// How to reach S3 and as whom; empty values are found the usual ways (environment, profile,
/// metadata).
struct S3Config {
  std::string region;
  std::string endpoint;     ///< e.g. http://127.0.0.1:9000 for compatible stores; empty: AWS
  bool path_style = false;  ///< bucket in the path instead of in the host name
  std::string profile;      ///< of the shared configuration files
  std::string role_arn;     ///< assumed with the credentials found
  std::string external_id;  ///< sent with AssumeRole
  std::string role_session_name = "billow";
  std::string sts_endpoint;  ///< override for tests and private endpoints; empty: AWS
};

/// What happens to a delivery that has lines which cannot become charges.
enum class DeadLetterPolicy { withhold, publish };

/// One entry of `feeds:` in the configuration, checked.
struct FeedConfig {
  std::string id;    ///< [a-z0-9-]{1,40}
  std::string kind;  ///< folder under ingest/, e.g. "aws/cur2"
  Location location;
  std::string export_name;  ///< `export:`
  S3Config s3;
  std::chrono::seconds every{3600};  ///< how often serve looks for something new
  std::optional<std::string>
      since;  ///< first period of interest, "2026-01"; nullopt: every one there is
  DeadLetterPolicy dead_letters = DeadLetterPolicy::withhold;
};

}  // namespace billow::feed
