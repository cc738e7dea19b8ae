#include "http/message.hpp"

#include <algorithm>

namespace billow::http {
namespace {

/// RFC 9110 5.6.2, the characters of a method or header name.
bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

bool is_target(std::string_view text) noexcept {
  return text.starts_with('/') &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view find_header(const Headers& headers, std::string_view name) noexcept {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string_view Response::header(std::string_view name) const noexcept {
  return find_header(headers, name);
}

Result<std::string> header_text(const Request& request) {
  if (!is_token(request.method)) return Error{Errc::rejected, "not an HTTP method"};
  if (!is_target(request.url.target)) return Error{Errc::rejected, "not an HTTP request target"};
  std::string text = request.method + " " + request.url.target +
                     " HTTP/1.1\r\nHost: " + request.url.authority() + "\r\n";
  bool names_agent = false;
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_value(value)) {
      return Error{Errc::rejected, "a header holds a character that HTTP does not allow"};
    }
    if (equal_ignoring_case(name, "host") || equal_ignoring_case(name, "content-length")) continue;
    names_agent = names_agent || equal_ignoring_case(name, "user-agent");
    text += name + ": " + value + "\r\n";
  }
  if (!names_agent) text += "User-Agent: billow\r\n";
  const std::size_t length = request.body ? request.body->size() : 0;
  if (length != 0 || request.method == "POST" || request.method == "PUT") {
    text += "Content-Length: " + std::to_string(length) + "\r\n";
  }
  text += "\r\n";
  return text;
}

}  // namespace billow::http
