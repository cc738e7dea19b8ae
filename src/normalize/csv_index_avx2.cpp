#include "normalize/csv_index_block.hpp"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

namespace billow::normalize::csv {

#define BILLOW_AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))

namespace {

BILLOW_AVX2 inline std::uint64_t equal_bits(__m256i low, __m256i high, char c) noexcept {
  const __m256i wanted = _mm256_set1_epi8(c);
  const auto a = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto b = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return std::uint64_t{b} << 32 | a;
}

}  // namespace

BILLOW_AVX2 CsvIndex index_csv_avx2(const char* text, std::size_t from, std::size_t to,
                                    CsvPlaces places) noexcept {
  CsvIndex index;
  const auto write = [](std::uint64_t bits, std::size_t base, std::uint32_t* out)
                         BILLOW_AVX2 { return write_by_four(bits, base, out); };
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
    const auto returns = [low, high]() BILLOW_AVX2 { return equal_bits(low, high, '\r'); };
    const Found found = judge(masks, parity, carry, returns);
    if (take_block(found, valid_bits(at, to), at, places, index, write)) break;
  }
  // What lies behind `to` may be seen too: a NUL there only costs a needless look at each row.
  index.has_nul = _mm256_movemask_epi8(nul) != 0;
  return index;
}

}  // namespace billow::normalize::csv

#endif
