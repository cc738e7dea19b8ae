#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace billow::daemon {

/// Reads "500ms", "90s", "15m", "1h", "1d" and sums of them with the larger unit first ("1h30m").
/// Nullopt for anything else, a number without a unit above all.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest notation of a duration: "90s", "15m", "1h30m".
std::string format_duration(std::chrono::milliseconds duration);

/// Reads "512KiB", "5MiB", "1GiB" and the decimal "5MB"; nullopt for anything else or more than
/// 2^63 bytes.
std::optional<std::size_t> parse_size(std::string_view text);
/// "5 MiB", "1.2 GiB", "17 bytes": for people.
std::string format_size(std::size_t bytes);

/// The word a person most likely meant by `word`, or "" when none is near: at most one edit (two
/// from six letters on) away, a swap of neighbours being one edit, or equal but for case, '-' and
/// '_'.
std::string nearest(std::string_view word, const std::vector<std::string>& words);

/// "a, b or c"
std::string either(const std::vector<std::string>& words);

}  // namespace billow::daemon
