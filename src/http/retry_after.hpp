#pragma once

#include "base/civil_time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace billow::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::optional<UnixSeconds> parse_http_date(std::string_view text);

/// How long a Retry-After header (RFC 9110 10.2.3) asks to wait, from 0 to a day; nullopt when it
/// cannot be read. `date` is the Date header of the same answer: a Retry-After that names a time is
/// held against it, so that the two clocks need not agree. Pure.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::string_view date);

}  // namespace billow::http
