#include "normalize/csv_index_block.hpp"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

namespace billow::normalize::csv {

#define BILLOW_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,popcnt")))

// No vector is captured by a lambda: with AddressSanitizer, GCC 12 puts what has an address where
// 64 bytes are not aligned (bug 110027 of GCC).
namespace {

BILLOW_AVX512 inline std::uint64_t equal_bits(__m512i bytes, char c) noexcept {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
}

BILLOW_AVX512 inline void put_sixteen(std::uint32_t* places, __m512i start, __m128i some) noexcept {
  _mm512_storeu_si512(places, _mm512_add_epi32(start, _mm512_maskz_cvtepu8_epi32(0xffff, some)));
}

/// Writes the places of the bits set, sixteen at a time: hardly a block has more.
BILLOW_AVX512 inline std::size_t write_by_sixteen(std::uint64_t bits, std::size_t base,
                                                  std::uint32_t* places) noexcept {
  const auto count = static_cast<std::size_t>(std::popcount(bits));
  const __m512i numbers = _mm512_set_epi64(
      0x3f3e3d3c3b3a3938, 0x3736353433323130, 0x2f2e2d2c2b2a2928, 0x2726252423222120,
      0x1f1e1d1c1b1a1918, 0x1716151413121110, 0x0f0e0d0c0b0a0908, 0x0706050403020100);
  const __m512i start = _mm512_set1_epi32(static_cast<int>(base));
  const __m512i packed = _mm512_maskz_compress_epi8(bits, numbers);
  put_sixteen(places, start, _mm512_maskz_extracti32x4_epi32(0xf, packed, 0));
  if (count > 16) [[unlikely]] {
    put_sixteen(places + 16, start, _mm512_maskz_extracti32x4_epi32(0xf, packed, 1));
    if (count > 32)
      put_sixteen(places + 32, start, _mm512_maskz_extracti32x4_epi32(0xf, packed, 2));
    if (count > 48)
      put_sixteen(places + 48, start, _mm512_maskz_extracti32x4_epi32(0xf, packed, 3));
  }
  return count;
}

}  // namespace

BILLOW_AVX512 CsvIndex index_csv_avx512(const char* text, std::size_t from, std::size_t to,
                                        CsvPlaces places) noexcept {
  CsvIndex index;
  Carry carry;
  std::uint64_t nul = 0;
  const auto write = [](std::uint64_t bits, std::size_t base, std::uint32_t* out)
                         BILLOW_AVX512 { return write_by_sixteen(bits, base, out); };
  for (std::size_t at = from; at < to; at += block_bytes) {
    const __m512i bytes = _mm512_loadu_si512(text + at);
    nul |= _mm512_testn_epi8_mask(bytes, bytes);
    const std::uint64_t quote = equal_bits(bytes, '"');
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quote)),
                                                 _mm_set1_epi8(static_cast<char>(0xff)), 0);
    const auto parity = static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    const Masks masks{quote, equal_bits(bytes, ','), equal_bits(bytes, '\n')};
    const auto returns = [block = text + at]()
                             BILLOW_AVX512 { return equal_bits(_mm512_loadu_si512(block), '\r'); };
    const Found found = judge(masks, parity, carry, returns);
    if (take_block(found, valid_bits(at, to), at, places, index, write)) break;
  }
  // What lies behind `to` may be seen too: a NUL there only costs a needless look at each row.
  index.has_nul = nul != 0;
  return index;
}

}  // namespace billow::normalize::csv

#endif
