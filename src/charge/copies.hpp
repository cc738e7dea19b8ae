#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Copies of the short texts that bills are made of, cheaper than a call of memcpy. Sizes that are
/// known make the compiler use registers; halves that overlap need no loop.
namespace billow {

template <class Word>
Word load_word(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

template <class Word>
void store_word(char* at, Word word) noexcept {
  std::memcpy(at, &word, sizeof word);
}

/// Copies less than 8 bytes.
inline char* copy_short(char* out, const char* at, std::size_t size) noexcept {
  if (size >= 4) {
    const auto head = load_word<std::uint32_t>(at);
    const auto tail = load_word<std::uint32_t>(at + size - 4);
    store_word(out, head);
    store_word(out + size - 4, tail);
  } else if (size > 0) {
    const char middle = at[size / 2];
    const char last = at[size - 1];
    out[0] = at[0];
    out[size / 2] = middle;
    out[size - 1] = last;
  }
  return out + size;
}

/// Copies `text` as it stands and returns the end.
inline char* copy_to(char* out, std::string_view text) noexcept {
  struct Half {
    char bytes[16];
  };
  const std::size_t size = text.size();
  const char* const at = text.data();
  if (size > 2 * sizeof(Half)) {
    std::memcpy(out, at, size);
  } else if (size > sizeof(Half)) {
    const auto head = load_word<Half>(at);
    const auto tail = load_word<Half>(at + size - sizeof(Half));
    store_word(out, head);
    store_word(out + size - sizeof(Half), tail);
  } else if (size >= 8) {
    const auto head = load_word<std::uint64_t>(at);
    const auto tail = load_word<std::uint64_t>(at + size - 8);
    store_word(out, head);
    store_word(out + size - 8, tail);
  } else {
    copy_short(out, at, size);
  }
  return out + size;
}

/// What copy_blocks() copies at once, and may read and write behind the end on both sides.
inline constexpr std::size_t copied_block = 64;

/// Copies whole blocks, which for some dozens of bytes is cheaper than asking how much there is.
/// Returns the end of the `size` bytes that were meant.
inline char* copy_blocks(char* out, const char* at, std::size_t size) noexcept {
  for (std::size_t done = 0; done < size; done += copied_block)
    std::memcpy(out + done, at + done, copied_block);
  return out + size;
}

}  // namespace billow
