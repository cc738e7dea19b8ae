#pragma once

#include "base/civil_time.hpp"
#include "base/error.hpp"
#include "fetch/object_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What S3 answers, read without any I/O.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
namespace billow::fetch {

/// One page of ListObjectsV2 (asked for with encoding-type=url).
struct ListPage {
  std::vector<ObjectInfo> objects;
  std::string next_token;  ///< "" on the last page
};

/// Reads a ListBucketResult. Errc::malformed for anything else.
Result<ListPage> parse_list_page(std::string_view xml);

/// What has to be done before the same request has a chance.
enum class Remedy {
  none,               ///< nothing helps
  wait,               ///< a pause
  learn_region,       ///< the bucket lives in Refusal::region
  set_clock,          ///< our clock differs from theirs: Refusal::server_time
  renew_credentials,  ///< they expired, were replaced, or may have been corrected by now
};

/// The parts of an answer that a refusal is judged by.
struct RefusedAnswer {
  int status = 0;
  std::string_view body;           ///< may be empty, cut, or not XML at all
  std::string_view bucket_region;  ///< header x-amz-bucket-region
  std::string_view date;           ///< header date
};

struct Refusal {
  Error error;  ///< detail: "403 AccessDenied: Access Denied"
  Remedy remedy = Remedy::none;
  std::string aws_code;                    ///< "" where the answer names none
  std::string region;                      ///< for learn_region
  std::optional<UnixSeconds> server_time;  ///< for set_clock
};

/// Judges an answer that is not a success.
Refusal judge_refusal(const RefusedAnswer& answer);

/// An ETag without quotes and without the mark of a weak one.
std::string_view bare_etag(std::string_view etag) noexcept;

/// Undoes form encoding: "%2F" and '+' for a blank. nullopt for a broken escape.
std::optional<std::string> form_decode(std::string_view text);

/// The range an answer of status 206 holds.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t size = 0;  ///< of the whole object
};
/// "bytes 5-9/10"; nullopt where the size is not named or the numbers contradict each other.
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace billow::fetch
