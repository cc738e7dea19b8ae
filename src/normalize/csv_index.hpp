#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace billow::normalize {

/// What an index run found.
struct CsvIndex {
  static constexpr std::size_t none = SIZE_MAX;
  std::size_t count = 0;  ///< separators written
  std::size_t rows = 0;   ///< row ends written
  /// Where a quote first stands against RFC 4180 (`12" disk`, `"ab"c`). From there on quotes tell
  /// nothing, so the run stopped: the separators found all lie in front of it. The row it lies in
  /// needs CsvMachine.
  std::size_t odd_at = none;
  bool has_nul = false;  ///< a NUL byte was seen
};

/// How many places an index run may write behind those that it found.
inline constexpr std::size_t csv_places_slack = 16;

/// Where an index run writes; both need room for as many as the text has bytes, and
/// csv_places_slack more.
struct CsvPlaces {
  std::uint32_t* separators;  ///< places of the commas and line feeds outside quotes, in the text
  std::uint32_t* row_ends;    ///< which of the separators are line feeds: their numbers, from 0
};

/// How many bytes behind the end of the text must be readable.
inline constexpr std::size_t csv_index_slack = 64;

/// Finds the commas and line feeds outside quotes in text[from, to), where `from` is the start of a
/// row.
using CsvIndexFunction = CsvIndex (*)(const char* text, std::size_t from, std::size_t to,
                                      CsvPlaces places) noexcept;

/// A way to index: all find the same.
struct CsvIndexPath {
  std::string_view name;  ///< of the instructions it needs: "avx512", "avx2" or "portable"
  CsvIndexFunction index;
};

/// What this processor can do, the fastest first. The last one needs no vector instructions.
std::span<const CsvIndexPath> csv_index_paths();

}  // namespace billow::normalize
