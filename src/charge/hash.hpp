#pragma once

#include "base/decimal.hpp"

#include <cstdint>
#include <string_view>

namespace billow {

/// XXH3-128 of a statement; part of every digest, so it stays for ever.
Uint128 digest_of(std::string_view statement) noexcept;

/// XXH3-64 of a text, for tables in memory.
std::uint64_t hash_text(std::string_view text) noexcept;

}  // namespace billow
