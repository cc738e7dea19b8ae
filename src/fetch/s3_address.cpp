#include "fetch/s3_address.hpp"

#include "auth/aws_domain.hpp"

#include <algorithm>

namespace billow::fetch {
namespace {

bool is_lower_or_digit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; buckets older than
/// these rules may hold capitals and underscores.
bool is_bucket(std::string_view name) noexcept {
  return name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
           return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
                  c == '_';
         });
}

/// A label that is valid in host names and is matched by the wildcard of a certificate.
bool fits_host_name(std::string_view bucket, bool tls) noexcept {
  if (bucket.size() > 63 || !is_lower_or_digit(bucket.front()) || !is_lower_or_digit(bucket.back()))
    return false;
  if (bucket.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(
      bucket, [tls](char c) { return is_lower_or_digit(c) || c == '-' || (c == '.' && !tls); });
}

/// Names like "localhost" or "minio" and addresses have no sub-domains for buckets.
bool has_sub_domains(const std::string& host) noexcept {
  if (host.find('.') == std::string::npos || host.find(':') != std::string::npos) return false;
  return std::ranges::any_of(host, [](char c) { return c != '.' && (c < '0' || c > '9'); });
}

}  // namespace

bool is_region(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 40 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

Result<S3Place> make_s3_place(const std::string& bucket, const feed::S3Config& config,
                              const std::string& region) {
  if (!is_bucket(bucket))
    return Error{Errc::bad_config, "'" + bucket + "' is not the name of a bucket"};
  if (!is_region(region))
    return Error{Errc::bad_config, "'" + region + "' is not the name of a region"};
  S3Place place;
  place.bucket = bucket;
  place.region = region;
  place.path_style = config.path_style;
  if (!config.endpoint.empty()) {
    auto endpoint = http::Url::parse(config.endpoint);
    if (!endpoint) return within("s3 endpoint", endpoint.error());
    if (endpoint->target.find('?') != std::string::npos) {
      return Error{Errc::bad_config, "s3 endpoint: a query has no place in it"};
    }
    place.endpoint = std::move(*endpoint);
  }
  return place;
}

http::Url s3_url(const S3Place& place, std::string_view key, std::string_view query) {
  http::Url url;
  if (place.endpoint) {
    url = *place.endpoint;
    while (url.target.ends_with('/')) url.target.pop_back();
  } else {
    url.tls = true;
    url.port = 443;
    url.host = "s3." + place.region + "." + std::string(auth::aws_domain(place.region));
    url.target.clear();
  }
  const bool in_path =
      place.path_style || !fits_host_name(place.bucket, url.tls) || !has_sub_domains(url.host);
  if (in_path) {
    url.target += "/" + place.bucket;
  } else {
    url.host = place.bucket + "." + url.host;
  }
  if (!key.empty() || !in_path) url.target += "/" + http::percent_encode(key, true);
  if (!query.empty()) url.target.append("?").append(query);
  return url;
}

}  // namespace billow::fetch
