#include "http/client.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>

namespace billow::http {
namespace {

bool is_unreserved(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_host_name(std::string_view host) noexcept {
  return !host.empty() && host.size() <= 253 &&
         std::ranges::all_of(host, [](char c) { return is_unreserved(c) && c != '~'; });
}

/// `why` repeats nothing of the text: where a '/' stands in a password, what looks like a host or a
/// port is a part of it.
Error bad_url(std::string_view why) {
  return {Errc::bad_config, "not a usable URL: " + std::string(why)};
}

Result<void> parse_authority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) {
    return bad_url("it holds a user name or password; give them by their own settings");
  }
  std::string_view port;
  boost::system::error_code ec;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return bad_url("'[' without ']'");
    url.host = lower(authority.substr(1, close - 1));
    const auto address = boost::asio::ip::make_address_v6(url.host, ec);
    if (ec) return bad_url("what stands in '[]' is not an IPv6 address");
    url.host = address.to_string();
    port = authority.substr(close + 1);
    if (!port.empty() && port.front() != ':') return bad_url("text after ']'");
  } else {
    const auto colon = authority.find(':');
    url.host = lower(authority.substr(0, colon));
    if (!is_host_name(url.host)) return bad_url("what stands for its host is not a host name");
    if (colon != std::string_view::npos) port = authority.substr(colon);
  }
  if (port.empty()) return {};
  port.remove_prefix(1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) {
    return bad_url("what stands after the host's ':' is not a port");
  }
  return {};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  Url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos)
    return bad_url("it must begin with http:// or https://");
  const std::string scheme = lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") {
    return bad_url("its scheme is neither http nor https");
  }
  url.tls = scheme == "https";
  url.port = url.tls ? 443 : 80;
  text.remove_prefix(scheme_end + 3);
  const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
  if (auto parsed = parse_authority(text.substr(0, authority_end), url); !parsed) {
    return parsed.error();
  }
  const std::string_view target = text.substr(authority_end);
  if (target.find('#') != std::string_view::npos) return bad_url("it has a fragment ('#')");
  if (std::ranges::any_of(target, [](char c) { return c <= ' ' || c > '~'; })) {
    return bad_url("blanks and other than ASCII characters have to be percent-encoded");
  }
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

bool Url::is_loopback() const {
  if (host == "localhost") return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace billow::http
