#pragma once

#include "charge/copies.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Keys of a page, looked at where they lie. `key` points behind a key's opening quote, and
/// JsonPage::padding bytes that may be read follow the page.
namespace billow::normalize {

/// True when both begin with the same `size` bytes. Cheaper for a few bytes than a call of memcmp.
inline bool is_same_start(const char* left, const char* right, std::size_t size) noexcept {
  using Word = std::uint64_t;
  using Half = std::uint32_t;
  if (size >= sizeof(Word)) {
    const std::size_t last = size - sizeof(Word);
    for (std::size_t i = 0; i < last; i += sizeof(Word)) {
      if (load_word<Word>(left + i) != load_word<Word>(right + i)) return false;
    }
    return load_word<Word>(left + last) == load_word<Word>(right + last);
  }
  if (size >= sizeof(Half)) {
    const std::size_t last = size - sizeof(Half);
    return load_word<Half>(left) == load_word<Half>(right) &&
           load_word<Half>(left + last) == load_word<Half>(right + last);
  }
  return size == 0 || (left[0] == right[0] && left[size / 2] == right[size / 2] &&
                       left[size - 1] == right[size - 1]);
}

/// True when the key is `name`, which is shorter than the padding and has nothing to escape. Looks
/// first where other keys are most likely to differ.
inline bool is_key(const char* key, std::string_view name) noexcept {
  return key[name.size()] == '"' && key[0] == name[0] &&
         is_same_start(key, name.data(), name.size());
}

/// True when the key has to be read to know what it says. The key has an end.
inline bool is_escaped(const char* key) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t highs = ones << 7U;
  // The lowest bit that this sets is the highest of the first byte that is 0.
  const auto zeros = [](std::uint64_t word) { return (word - ones) & ~word & highs; };
  for (;; key += sizeof ones) {
    auto word = load_word<std::uint64_t>(key);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    const std::uint64_t quotes = zeros(word ^ (ones * '"'));
    const std::uint64_t escapes = zeros(word ^ (ones * '\\'));
    if ((quotes | escapes) != 0) return std::countr_zero(escapes) < std::countr_zero(quotes);
  }
}

}  // namespace billow::normalize
