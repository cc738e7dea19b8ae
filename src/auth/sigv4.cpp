#include "auth/sigv4.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace billow::auth {
namespace {

using Digest = std::array<unsigned char, 32>;

std::string lower_name(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string hex(const Digest& digest) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

Digest hmac(const void* key, std::size_t key_bytes, std::string_view text) {
  Digest digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key, static_cast<int>(key_bytes),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  return digest;
}

Digest hmac(const Digest& key, std::string_view text) { return hmac(key.data(), key.size(), text); }

/// Headers that proxies change, or that the signature itself fills.
bool is_signed(std::string_view name) noexcept {
  return name != "authorization" && name != "user-agent" && name != "expect" &&
         name != "transfer-encoding" && name != "connection" && name != "x-amzn-trace-id";
}

/// Without blanks at its ends and with single blanks inside.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Names in ascending order; values of a repeated name joined by commas.
std::map<std::string, std::string> signed_headers(const http::Request& request) {
  std::map<std::string, std::string> headers;
  headers["host"] = request.url.authority();
  for (const auto& [name, value] : request.headers) {
    const std::string key = lower_name(name);
    if (key == "host" || !is_signed(key)) continue;
    const auto [it, inserted] = headers.try_emplace(key, trimmed(value));
    if (!inserted) it->second += "," + trimmed(value);
  }
  return headers;
}

/// RFC 3986 5.2.4 without "." and "..", and without empty segments, which AWS merges too.
std::string normalized_path(std::string_view path) {
  std::vector<std::string_view> segments;
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string out;
  for (const auto segment : segments) out.append("/").append(segment);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const bool bare = equals == std::string_view::npos;
    pairs.emplace_back(pair.substr(0, equals), bare ? std::string_view() : pair.substr(equals + 1));
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string names_of(const std::map<std::string, std::string>& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

std::string payload_digest(const http::Request& request) {
  return sha256_hex(request.body ? std::string_view(*request.body) : std::string_view());
}

void set_header(http::Request& request, const std::string& name, std::string value) {
  std::erase_if(request.headers,
                [&](const auto& header) { return lower_name(header.first) == name; });
  request.headers.emplace_back(name, std::move(value));
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  Digest digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return hex(digest);
}

std::string canonical_request(const http::Request& request, std::string_view service) {
  const std::string_view target = request.url.target;
  const auto mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  const auto headers = signed_headers(request);

  std::string text = request.method + "\n";
  // S3 takes keys as they are; everywhere else the encoded path is normalised and encoded once
  // more.
  text += service == "s3" ? std::string(path) : http::percent_encode(normalized_path(path), true);
  text += "\n" + canonical_query(query) + "\n";
  for (const auto& [name, value] : headers)
    text.append(name).append(":").append(value).append("\n");
  text += "\n" + names_of(headers) + "\n";
  const auto given = headers.find("x-amz-content-sha256");
  text += given != headers.end() ? given->second : payload_digest(request);
  return text;
}

void sign(http::Request& request, const Credentials& credentials, const SigningScope& scope) {
  const std::string time = format_compact_time(scope.time);
  const std::string date = time.substr(0, 8);
  const std::string where = date + "/" + scope.region + "/" + scope.service + "/aws4_request";
  set_header(request, "x-amz-date", time);
  if (credentials.session_token.empty()) {
    std::erase_if(request.headers,
                  [](const auto& h) { return lower_name(h.first) == "x-amz-security-token"; });
  } else {
    set_header(request, "x-amz-security-token", credentials.session_token);
  }
  if (scope.service == "s3") set_header(request, "x-amz-content-sha256", payload_digest(request));

  const std::string to_sign = "AWS4-HMAC-SHA256\n" + time + "\n" + where + "\n" +
                              sha256_hex(canonical_request(request, scope.service));
  const std::string secret = "AWS4" + credentials.secret_access_key;
  Digest key = hmac(secret.data(), secret.size(), date);
  key = hmac(key, scope.region);
  key = hmac(key, scope.service);
  key = hmac(key, "aws4_request");
  const std::string names = names_of(signed_headers(request));
  set_header(request, "authorization",
             "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + "/" + where +
                 ", SignedHeaders=" + names + ", Signature=" + hex(hmac(key, to_sign)));
}

}  // namespace billow::auth
