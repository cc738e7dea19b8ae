#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace billow {

/// Seconds since 1970-01-01T00:00:00Z. Billing knows no smaller unit.
using UnixSeconds = std::int64_t;
inline constexpr UnixSeconds seconds_per_day = 86'400;

/// Reads a time stamp as bills write it: `2026-06-01`, `2026-06-01T00:00:00Z`, `2026-06-01
/// 00:00:00`, with an optional fraction (dropped), and `Z`, `+hh:mm`, `-hh:mm`, ` UTC` or nothing
/// (UTC) at its end. In UTC it must lie in the years 0..9999.
std::optional<UnixSeconds> parse_time(std::string_view text) noexcept;

/// `YYYY-MM-DDTHH:MM:SSZ`, the date format of FOCUS. 20 characters for the years 0..9999.
std::string format_time(UnixSeconds time);
/// The same into `out`, which must have room for 20 characters; returns the end.
char* format_time_to(UnixSeconds time, char* out) noexcept;
/// `YYYY-MM-DD`
std::string format_date(UnixSeconds time);
/// `YYYYMMDD`
std::string format_compact_date(UnixSeconds time);
/// `YYYYMMDDTHHMMSSZ`, as AWS signatures want it.
std::string format_compact_time(UnixSeconds time);

/// A billing month such as "2026-06". Returns the first second of it, or nullopt for anything else.
std::optional<UnixSeconds> parse_month(std::string_view text) noexcept;
/// The month "YYYY-MM" a time lies in.
std::string month_of(UnixSeconds time);
/// The first second of the month after the one `time` lies in.
UnixSeconds next_month(UnixSeconds time) noexcept;

/// The wall clock. Decisions take times as values; only their callers ask for it.
UnixSeconds now();

}  // namespace billow
