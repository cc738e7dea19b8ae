#pragma once

#include "base/error.hpp"
#include "feed/feed_config.hpp"
#include "http/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace billow::fetch {

/// Where a bucket is reached.
struct S3Place {
  std::string bucket;
  std::string region;                 ///< also the region of the signature
  std::optional<http::Url> endpoint;  ///< of a compatible store or a private endpoint; nullopt: AWS
  bool path_style = false;  ///< asked for; used anyway where the bucket cannot be a host name
};

/// Checks the names and fills a place. Errc::bad_config says what cannot be.
Result<S3Place> make_s3_place(const std::string& bucket, const feed::S3Config& config,
                              const std::string& region);

/// The URL of an object, or of the bucket where `key` is empty. `query` is sent as it is.
http::Url s3_url(const S3Place& place, std::string_view key, std::string_view query);

/// True for what AWS could call a region: small letters, digits and dashes. A region becomes part
/// of a host name, so nothing else may pass.
bool is_region(std::string_view text) noexcept;

}  // namespace billow::fetch
