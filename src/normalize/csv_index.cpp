#include "normalize/csv_index.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define BILLOW_CSV_AVX2 1
#endif

// Langdale's way (simdjson, simdcsv): 64 bytes become one bit each, and the running parity of the
// quote bits tells what lies inside quotes. A doubled quote closes and opens at once, so it needs
// no care.

namespace billow::normalize {
namespace {

constexpr std::size_t block_bytes = 64;

/// A bit for each byte of a block.
struct Masks {
  std::uint64_t quote, comma, line_feed;
};

/// What a block must know about the one before it.
struct Carry {
  std::uint64_t inside = 0;       ///< all ones: the block starts inside quotes
  std::uint64_t may_open = 1;     ///< bit 0: a quote may open a field at the first byte
  std::uint64_t after_close = 0;  ///< bit 0: the byte before closed a quoted field
  std::uint64_t after_return =
      0;  ///< bit 0: the byte before was a carriage return behind a closing quote
};

struct Found {
  std::uint64_t separators;
  std::uint64_t row_ends;
  std::uint64_t odd;
};

/// `parity`: bit i says whether the number of quotes up to and including byte i of this block is
/// odd. `returns` gives the carriage returns; they are asked for only where quotes close in front
/// of something else than a separator.
template <class Returns>
[[gnu::always_inline]] inline Found judge(const Masks& masks, std::uint64_t parity, Carry& carry,
                                          const Returns& returns) noexcept {
  const std::uint64_t inside = parity ^ carry.inside;
  const std::uint64_t opening = masks.quote & inside;
  const std::uint64_t closing = masks.quote & ~inside;
  const std::uint64_t separators = (masks.comma | masks.line_feed) & ~inside;
  const std::uint64_t may_open = separators | closing;
  const std::uint64_t after_close = closing << 1 | carry.after_close;
  std::uint64_t odd = (opening & ~(may_open << 1 | carry.may_open)) |
                      (after_close & ~(masks.comma | masks.line_feed | masks.quote)) |
                      carry.after_return;
  if (odd != 0) [[unlikely]] {
    const std::uint64_t return_after_close = after_close & returns();
    const std::uint64_t after_return = return_after_close << 1 | carry.after_return;
    odd = (odd & ~return_after_close & ~carry.after_return) | (after_return & ~masks.line_feed);
    carry.after_return = return_after_close >> 63;
  }
  carry.inside = std::uint64_t{0} - (inside >> 63);
  carry.may_open = may_open >> 63;
  carry.after_close = closing >> 63;
  return {separators, masks.line_feed & ~inside, odd};
}

/// Writes the places of the bits set: four at a time without asking, since most blocks have few.
[[gnu::always_inline]] inline std::size_t write_places(std::uint64_t bits, std::size_t base,
                                                       std::uint32_t* places) noexcept {
  const auto count = static_cast<std::size_t>(std::popcount(bits));
  const auto start = static_cast<std::uint32_t>(base);
  for (std::size_t i = 0; i < count; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) {
      places[i + k] = start + static_cast<std::uint32_t>(std::countr_zero(bits));
      bits &= bits - 1;
    }
  }
  return count;
}

/// Takes in what one block has; true when the run has to stop there.
[[gnu::always_inline]] inline bool take_block(const Found& found, std::uint64_t valid,
                                              std::size_t at, CsvPlaces places,
                                              CsvIndex& index) noexcept {
  const std::uint64_t odd = found.odd & valid;
  if (odd != 0) {
    const int first = std::countr_zero(odd);
    index.odd_at = at + static_cast<std::size_t>(first);
    valid = (std::uint64_t{1} << first) - 1;
  }
  const std::uint64_t separators = found.separators & valid;
  for (std::uint64_t ends = found.row_ends & valid; ends != 0; ends &= ends - 1) {
    const std::uint64_t before = separators & ((ends & (~ends + 1)) - 1);
    const auto number = index.count + static_cast<std::size_t>(std::popcount(before));
    places.row_ends[index.rows++] = static_cast<std::uint32_t>(number);
  }
  index.count += write_places(separators, at, places.separators + index.count);
  return odd != 0;
}

/// The bits of a block that lie in front of `to`.
constexpr std::uint64_t valid_bits(std::size_t at, std::size_t to) noexcept {
  return to - at >= block_bytes ? ~std::uint64_t{0} : (std::uint64_t{1} << (to - at)) - 1;
}

constexpr std::uint64_t prefix_parity(std::uint64_t bits) noexcept {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

#ifdef BILLOW_CSV_AVX2
#define BILLOW_TARGET __attribute__((target("avx2,pclmul,bmi,popcnt")))

BILLOW_TARGET inline std::uint64_t equal_bits(__m256i low, __m256i high, char c) noexcept {
  const __m256i wanted = _mm256_set1_epi8(c);
  const auto a = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto b = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return std::uint64_t{b} << 32 | a;
}

BILLOW_TARGET CsvIndex index_csv_avx2(const char* text, std::size_t from, std::size_t to,
                                      CsvPlaces places) noexcept {
  CsvIndex index;
  Carry carry;
  __m256i nul = _mm256_setzero_si256();
  for (std::size_t at = from; at < to; at += block_bytes) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + 32));
    nul =
        _mm256_or_si256(nul, _mm256_cmpeq_epi8(_mm256_min_epu8(low, high), _mm256_setzero_si256()));
    const std::uint64_t quote = equal_bits(low, high, '"');
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quote)),
                                                 _mm_set1_epi8(static_cast<char>(0xff)), 0);
    const auto parity = static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    const Masks masks{quote, equal_bits(low, high, ','), equal_bits(low, high, '\n')};
    const auto returns = [low, high]() BILLOW_TARGET { return equal_bits(low, high, '\r'); };
    const Found found = judge(masks, parity, carry, returns);
    if (take_block(found, valid_bits(at, to), at, places, index)) break;
  }
  // What lies behind `to` may be seen too: a NUL there only costs a needless look at each row.
  index.has_nul = _mm256_movemask_epi8(nul) != 0;
  return index;
}
#endif

}  // namespace

CsvIndex index_csv_portably(const char* text, std::size_t from, std::size_t to,
                            CsvPlaces places) noexcept {
  CsvIndex index;
  Carry carry;
  for (std::size_t at = from; at < to; at += block_bytes) {
    Masks masks{0, 0, 0};
    std::uint64_t returns = 0;
    const std::size_t size = to - at < block_bytes ? to - at : block_bytes;
    for (std::size_t i = 0; i < size; ++i) {
      const char c = text[at + i];
      masks.quote |= std::uint64_t{c == '"'} << i;
      masks.comma |= std::uint64_t{c == ','} << i;
      masks.line_feed |= std::uint64_t{c == '\n'} << i;
      returns |= std::uint64_t{c == '\r'} << i;
    }
    index.has_nul = index.has_nul || std::memchr(text + at, 0, size) != nullptr;
    const Found found =
        judge(masks, prefix_parity(masks.quote), carry, [returns] { return returns; });
    if (take_block(found, valid_bits(at, to), at, places, index)) break;
  }
  return index;
}

CsvIndex index_csv(const char* text, std::size_t from, std::size_t to, CsvPlaces places) noexcept {
#ifdef BILLOW_CSV_AVX2
  static const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
                               __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
  if (has_avx2) return index_csv_avx2(text, from, to, places);
#endif
  return index_csv_portably(text, from, to, places);
}

}  // namespace billow::normalize
