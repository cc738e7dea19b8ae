#include "normalize/csv_row.hpp"

#include "normalize/csv_index.hpp"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace billow::normalize {
namespace {

constexpr std::size_t copy_block = 16;
static_assert(copy_block <= csv_index_slack);

/// Copies copy_block bytes and returns how many there are up to the first quote, that included, or
/// copy_block. Fields with doubled quotes hold JSON: a quote every few characters.
std::size_t copy_through_quote(char* out, const char* at) noexcept {
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  const int quotes = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
  return quotes == 0 ? copy_block
                     : static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(quotes))) + 1;
#else
  std::memcpy(out, at, copy_block);
  const auto* const quote = static_cast<const char*>(std::memchr(at, '"', copy_block));
  return quote == nullptr ? copy_block : static_cast<std::size_t>(quote - at) + 1;
#endif
}

}  // namespace

/// What is between the quotes, with doubled quotes undone where there are any.
Text Row::unquote(Text raw) const {
  const Text inside = raw.substr(1, raw.size() - 2);
  if (inside.empty() || std::memchr(inside.data(), '"', inside.size()) == nullptr) return inside;
  char* const start = scratch_->take(inside.size() + copy_block);
  char* out = start;
  const char* at = inside.data();
  const char* const end = at + inside.size();
  while (at < end) {
    const std::size_t run = copy_through_quote(out, at);
    const auto left = static_cast<std::size_t>(end - at);
    out += std::min(run, left);
    if (run >= left) break;
    at += run + (at[run - 1] == '"' ? 1 : 0);
  }
  return {start, static_cast<std::size_t>(out - start)};
}

}  // namespace billow::normalize
