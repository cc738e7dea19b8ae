#include "fetch/s3_answer.hpp"

#include "base/civil_time.hpp"
#include "http/retry_after.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace billow::fetch {
namespace {

constexpr std::size_t message_bytes_max = 300;

/// Codes by which AWS asks for patience (botocore's list).
constexpr std::array<std::string_view, 14> throttle_codes = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "ProvisionedThroughputExceededException",
    "PriorRequestNotComplete",
    "TransactionInProgressException",
    "EC2ThrottledException"};

template <class Number>
bool parse_number(std::string_view text, Number& out) noexcept {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  return ec == std::errc{} && end == text.data() + text.size();
}

/// One line of printable text: what a server says goes into logs and onto terminals.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, message_bytes_max));
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
  }
  return out;
}

struct ErrorBody {
  std::string code;
  std::string message;
  std::string region;
};

ErrorBody parse_error_body(std::string_view xml) {
  pugi::xml_document document;
  ErrorBody body;
  if (!document.load_buffer(xml.data(), xml.size())) return body;
  const pugi::xml_node error = document.child("Error");
  body.code = printable(error.child_value("Code"));
  body.message = printable(error.child_value("Message"));
  body.region = printable(error.child_value("Region"));
  return body;
}

Errc code_of_status(int status) noexcept {
  if (status == 429 || status == 503) return Errc::throttled;
  if (status == 408 || status >= 500) return Errc::transient;
  if (status == 401 || status == 403) return Errc::unauthorized;
  if (status == 404) return Errc::not_found;
  if (status == 412 || status == 416) return Errc::changed;
  return Errc::rejected;
}

/// Codes that say more than the status they come with.
void refine(const ErrorBody& body, Refusal& refusal) {
  const std::string_view code = body.code;
  const auto is = [code](auto... names) { return ((code == names) || ...); };
  if (std::ranges::find(throttle_codes, code) != throttle_codes.end()) {
    refusal.error.code = Errc::throttled;
  } else if (is("RequestTimeout", "InternalError", "ServiceUnavailable", "OperationAborted")) {
    refusal.error.code = Errc::transient;
  } else if (is("NoSuchBucket", "InvalidBucketName")) {
    refusal.error.code = Errc::bad_config;
  } else if (is("RequestTimeTooSkewed", "RequestExpired")) {
    refusal.error.code = Errc::unauthorized;
    refusal.remedy = Remedy::set_clock;
  } else if (is("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken",
                "InvalidAccessKeyId", "SignatureDoesNotMatch")) {
    refusal.error.code = Errc::unauthorized;
    refusal.remedy = Remedy::renew_credentials;
  } else if (is("InvalidSecurity", "AuthorizationHeaderMalformed", "AccountProblem")) {
    refusal.error.code = Errc::unauthorized;
  } else if (is("InvalidObjectState")) {
    refusal.error.code = Errc::rejected;  // archived in Glacier: no credentials help
  }
}

std::optional<ObjectInfo> parse_object(const pugi::xml_node& node, bool is_encoded) {
  ObjectInfo info;
  const char* const text = node.child_value("Key");
  auto key = is_encoded ? form_decode(text) : std::string(text);
  if (!key || key->empty() ||
      !parse_number(std::string_view(node.child_value("Size")), info.size)) {
    return std::nullopt;
  }
  info.key = std::move(*key);
  info.etag = bare_etag(node.child_value("ETag"));
  info.modified = parse_time(node.child_value("LastModified")).value_or(0);
  return info;
}

}  // namespace

std::string_view bare_etag(std::string_view etag) noexcept {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
    return etag.substr(1, etag.size() - 2);
  return etag;
}

std::optional<std::string> form_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned byte = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const auto [end, ec] =
          std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
      if (digits.size() != 2 || ec != std::errc{} || end != digits.data() + 2) return std::nullopt;
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  return out;
}

Result<ListPage> parse_list_page(std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) {
    return Error{Errc::malformed, std::string("the listing is not XML: ") + parsed.description()};
  }
  const pugi::xml_node result = document.child("ListBucketResult");
  if (!result) return Error{Errc::malformed, "the answer to a listing is not a ListBucketResult"};
  ListPage page;
  // Not every store does what encoding-type asks for; one that does says so.
  const bool is_encoded = result.child_value("EncodingType") == std::string_view("url");
  for (const pugi::xml_node& node : result.children("Contents")) {
    auto info = parse_object(node, is_encoded);
    if (!info) return Error{Errc::malformed, "an entry of the listing has no usable key or size"};
    page.objects.push_back(std::move(*info));
  }
  const std::string_view truncated = result.child_value("IsTruncated");
  if (truncated == "true") {
    page.next_token = result.child_value("NextContinuationToken");
    if (page.next_token.empty()) {
      return Error{Errc::malformed, "the listing goes on, but its answer does not say where"};
    }
  } else if (truncated != "false") {
    return Error{Errc::malformed, "the listing does not say whether it is complete"};
  }
  return page;
}

Refusal judge_refusal(const RefusedAnswer& answer) {
  const ErrorBody body = parse_error_body(answer.body);
  Refusal refusal;
  refusal.aws_code = body.code;
  refusal.error.code = code_of_status(answer.status);
  refusal.error.detail = std::to_string(answer.status);
  if (!body.code.empty()) refusal.error.detail += " " + body.code;
  if (!body.message.empty()) refusal.error.detail += ": " + body.message;
  refine(body, refusal);

  // A bucket of another region: a redirect, or a 400 that names the region the signature should
  // have had.
  const bool misdirected = (answer.status >= 300 && answer.status < 400) ||
                           body.code == "AuthorizationHeaderMalformed" ||
                           body.code == "IllegalLocationConstraintException";
  if (misdirected) {
    refusal.region = answer.bucket_region.empty() ? body.region : std::string(answer.bucket_region);
    if (!refusal.region.empty()) refusal.remedy = Remedy::learn_region;
  }
  if (refusal.remedy == Remedy::set_clock) refusal.server_time = http::parse_http_date(answer.date);
  if (refusal.remedy == Remedy::none && retryable(refusal.error.code))
    refusal.remedy = Remedy::wait;
  return refusal;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash)
    return std::nullopt;
  ContentRange range;
  if (!parse_number(text.substr(0, dash), range.first) ||
      !parse_number(text.substr(dash + 1, slash - dash - 1), range.last) ||
      !parse_number(text.substr(slash + 1), range.size)) {
    return std::nullopt;
  }
  if (range.first > range.last || range.last >= range.size) return std::nullopt;
  return range;
}

}  // namespace billow::fetch
