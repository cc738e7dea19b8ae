#include "charge/hash.hpp"

#include "base/vector_state.hpp"

#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // the same hashes, with what vectors the processor has
#endif

namespace billow {

Uint128 digest_of(std::string_view statement) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(statement.data(), statement.size());
  clear_upper_halves();
  return Uint128{hash.high64} << 64 | hash.low64;
}

std::uint64_t hash_text(std::string_view text) noexcept {
  const std::uint64_t hash = XXH3_64bits(text.data(), text.size());
  clear_upper_halves();
  return hash;
}

}  // namespace billow
