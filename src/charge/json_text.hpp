#pragma once

#include "charge/charge.hpp"

#include <cstddef>

namespace billow {

/// What one byte of text can become in JSON: \u001f.
inline constexpr std::size_t escaped_bytes_max = 6;

/// Writes `text`, which must be UTF-8, as the inside of a JSON string: quotes, backslashes and
/// control characters are escaped. `out` needs room for escaped_bytes_max * text.size(). Returns
/// the end.
char* escape_to(char* out, Text text) noexcept;

/// The same by 8 bytes at a time without vector instructions: what machines without SSE2 use.
char* escape_portably_to(char* out, Text text) noexcept;

}  // namespace billow
