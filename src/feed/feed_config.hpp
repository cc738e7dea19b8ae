#pragma once

#include "base/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

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

/// What an ECU costs from a month on.
struct EcuPrice {
  std::string since;  ///< "2026-01"; "" for ever
  std::string price;  ///< a decimal above 0, in the currency of the contract
};

/// Whose costs are asked of Elastic Cloud, as whom, and what an ECU costs. The API names no
/// currency: it counts in Elastic Consumption Units.
struct ElasticCloudConfig {
  std::string organization;  ///< id, as the console shows it
  std::string endpoint = "https://cloud.elastic.co";
  /// The variable is the one Elastic's own tools read.
  SecretRef api_key{.env = "EC_API_KEY", .file = ""};
  std::string ca_file;           ///< PEM; empty: the system's authorities
  std::string currency = "USD";  ///< ISO 4217
  /// What one ECU costs by contract, the oldest price first; at least one.
  std::vector<EcuPrice> ecu_prices{{.since = "", .price = "1"}};
};

/// What happens to a delivery that has lines which cannot become charges.
enum class DeadLetterPolicy { withhold, publish };

/// One entry of `feeds:` in the configuration, checked.
struct FeedConfig {
  std::string id;           ///< [a-z0-9-]{1,40}
  std::string kind;         ///< folder under ingest/, e.g. "aws/cur2"
  Location location;        ///< data exports only
  std::string export_name;  ///< `export:`; data exports only
  S3Config s3;
  ElasticCloudConfig elastic_cloud;  ///< elastic-cloud/costs only
  std::chrono::seconds every{3600};  ///< how often serve looks for something new
  std::optional<std::string>
      since;  ///< first period of interest, "2026-01"; nullopt: every one there is
  DeadLetterPolicy dead_letters = DeadLetterPolicy::withhold;
};

}  // namespace billow::feed
