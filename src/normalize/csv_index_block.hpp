#pragma once

#include "normalize/csv_index.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

// Langdale's way (simdjson, simdcsv): 64 bytes become one bit each, and the running parity of the
// quote bits tells what lies inside quotes. A doubled quote closes and opens at once, so it needs
// no care.

/// What all ways to index have in common; for them alone.
namespace billow::normalize::csv {

#if defined(__x86_64__) && defined(__GNUC__)
CsvIndex index_csv_avx512(const char* text, std::size_t from, std::size_t to,
                          CsvPlaces places) noexcept;
CsvIndex index_csv_avx2(const char* text, std::size_t from, std::size_t to,
                        CsvPlaces places) noexcept;
#endif

inline constexpr std::size_t block_bytes = 64;

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
[[gnu::always_inline]] inline std::size_t write_by_four(std::uint64_t bits, std::size_t base,
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

/// Takes in what one block has; true when the run has to stop there. `write` puts the places of the
/// bits set, counted from `at`, where it is told to, and returns how many there are; it may write
/// csv_places_slack more.
template <class Write>
[[gnu::always_inline]] inline bool take_block(const Found& found, std::uint64_t valid,
                                              std::size_t at, CsvPlaces places, CsvIndex& index,
                                              const Write& write) noexcept {
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
  index.count += write(separators, at, places.separators + index.count);
  return odd != 0;
}

/// The bits of a block that lie in front of `to`.
constexpr std::uint64_t valid_bits(std::size_t at, std::size_t to) noexcept {
  return to - at >= block_bytes ? ~std::uint64_t{0} : (std::uint64_t{1} << (to - at)) - 1;
}

}  // namespace billow::normalize::csv
