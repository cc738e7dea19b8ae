#include "charge/json_text.hpp"

#include "charge/copies.hpp"

#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace billow {
namespace {

constexpr std::uint64_t each_byte(std::uint64_t value) noexcept {
  return value * 0x0101'0101'0101'0101U;
}

/// True when one of 8 bytes is below 0x20, a quote or a backslash.
constexpr bool needs_escape(std::uint64_t word) noexcept {
  const auto has_zero = [](std::uint64_t x) { return (x - each_byte(1)) & ~x; };
  const std::uint64_t control = (word - each_byte(0x20)) & ~word;
  return ((control | has_zero(word ^ each_byte('"')) | has_zero(word ^ each_byte('\\'))) &
          each_byte(0x80)) != 0;
}

/// Up to 8 bytes as one word, filled up with a harmless letter.
std::uint64_t load_short(const char* at, std::size_t size) noexcept {
  if (size >= 4)
    return load_word<std::uint32_t>(at) | std::uint64_t{load_word<std::uint32_t>(at + size - 4)}
                                              << 32;
  std::uint64_t word = each_byte('A');
  std::memcpy(&word, at, 1);
  word = (word & ~std::uint64_t{0xffff00}) |
         std::uint64_t{static_cast<unsigned char>(at[size / 2])} << 8 |
         std::uint64_t{static_cast<unsigned char>(at[size - 1])} << 16;
  return word;
}

/// Copies up to 16 bytes; false when one of them needs an escape.
bool copy_plain_short(char* out, const char* at, std::size_t size) noexcept {
  if (size >= 8) {
    const auto head = load_word<std::uint64_t>(at);
    const auto tail = load_word<std::uint64_t>(at + size - 8);
    store_word(out, head);
    store_word(out + size - 8, tail);
    return !needs_escape(head) && !needs_escape(tail);
  }
  if (size == 0) return true;
  copy_short(out, at, size);
  return !needs_escape(load_short(at, size));
}

bool copy_plain_portably(char* out, const char* at, std::size_t size) noexcept {
  if (size < 8) return copy_plain_short(out, at, size);
  bool plain = true;
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    const auto word = load_word<std::uint64_t>(at + i);
    store_word(out + i, word);
    plain = plain && !needs_escape(word);
  }
  const auto tail = load_word<std::uint64_t>(at + size - 8);
  store_word(out + size - 8, tail);
  return plain && !needs_escape(tail);
}

#ifdef __SSE2__
__m128i what_needs_escape(__m128i bytes) noexcept {
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return _mm_or_si128(control, _mm_or_si128(quote, backslash));
}

bool copy_plain(char* out, const char* at, std::size_t size) noexcept {
  if (size > 16) {
    __m128i bad = _mm_setzero_si128();
    const auto block = [&](std::size_t i) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), bytes);
      bad = _mm_or_si128(bad, what_needs_escape(bytes));
    };
    for (std::size_t i = 0; i + 16 < size; i += 16) block(i);
    block(size - 16);
    return _mm_movemask_epi8(bad) == 0;
  }
  __m128i bytes;
  if (size >= 8) {
    const auto head = load_word<std::uint64_t>(at);
    const auto tail = load_word<std::uint64_t>(at + size - 8);
    store_word(out, head);
    store_word(out + size - 8, tail);
    bytes = _mm_set_epi64x(static_cast<long long>(tail), static_cast<long long>(head));
  } else {
    if (size == 0) return true;
    copy_short(out, at, size);
    bytes = _mm_set1_epi64x(static_cast<long long>(load_short(at, size)));
  }
  return _mm_movemask_epi8(what_needs_escape(bytes)) == 0;
}
#else
bool copy_plain(char* out, const char* at, std::size_t size) noexcept {
  return copy_plain_portably(out, at, size);
}
#endif

char* escape_each_to(char* out, Text text) noexcept {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      *out++ = c;
      continue;
    }
    *out++ = '\\';
    switch (c) {
      case '"':
      case '\\':
        *out++ = c;
        break;
      case '\n':
        *out++ = 'n';
        break;
      case '\r':
        *out++ = 'r';
        break;
      case '\t':
        *out++ = 't';
        break;
      case '\b':
        *out++ = 'b';
        break;
      case '\f':
        *out++ = 'f';
        break;
      default:
        std::memcpy(out, "u00", 3);
        out[3] = static_cast<char>('0' + (byte >> 4));
        out[4] = "0123456789abcdef"[byte & 15];
        out += 5;
    }
  }
  return out;
}

}  // namespace

char* escape_to(char* out, Text text) noexcept {
  if (copy_plain(out, text.data(), text.size())) return out + text.size();
  return escape_each_to(out, text);
}

char* escape_portably_to(char* out, Text text) noexcept {
  if (copy_plain_portably(out, text.data(), text.size())) return out + text.size();
  return escape_each_to(out, text);
}

}  // namespace billow
