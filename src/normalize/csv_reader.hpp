#pragma once

#include "base/limits.hpp"
#include "charge/charge.hpp"
#include "normalize/csv_index.hpp"
#include "normalize/csv_machine.hpp"
#include "normalize/csv_row.hpp"
#include "normalize/scratch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// Why a row cannot be used.
enum class CsvFault { none, too_long, nul, not_utf8, open_quote };

/// One row as it was read. Its views live until the next call of CsvReader::next().
struct CsvRow {
  Row fields;                   ///< of an odd row the first limits::columns_max + 1 of them
  std::size_t field_count = 0;  ///< of the row, even where `fields` was cut
  /// As it stands in the file, without its line end; of a too long row the start.
  std::string_view line;
  CsvFault fault = CsvFault::none;  ///< other than none: `fields` tells nothing
};

/// Cuts a CSV file (RFC 4180, comma, quotes, LF or CRLF) into rows and fields, in place: the caller
/// writes the file's bytes into room(), and the fields are views of them. A byte order mark at the
/// start and empty lines are skipped; a last row needs no line end. What is odd about quotes is
/// read as CsvMachine says.
class CsvReader {
 public:
  /// `chunk_bytes` are indexed at once. They and their index should fit the second-level cache.
  explicit CsvReader(std::size_t chunk_bytes = 256 * limits::KiB,
                     std::size_t row_bytes_max = limits::row_bytes_max,
                     CsvIndexFunction index = csv_index_paths().front().index);

  /// Starts a new file.
  void begin();
  /// Where the next bytes of the file go. Empty when the chunk is full: then next() has to be
  /// called until it returns false.
  std::span<char> room() noexcept { return {text_.get() + end_, chunk_end_ - end_}; }
  void filled(std::size_t bytes) noexcept { end_ += bytes; }
  /// No more bytes will come.
  void end();

  /// The next row that is complete; false when there is none yet. `scratch` takes the fields in
  /// which doubled quotes have to be undone.
  bool next(CsvRow& row, Scratch& scratch);

 private:
  bool skip_mark() noexcept;
  bool make_index();
  bool next_indexed(CsvRow& row, Scratch& scratch);
  bool next_odd(CsvRow& row, Scratch& scratch);
  bool next_skipped(CsvRow& row);
  bool finish(CsvRow& row);
  void start_skipping();
  void move_partial_row() noexcept;
  void describe(CsvRow& row, std::size_t line_end, bool look_closely) const;
  void add_field(std::size_t place, Text text) noexcept {
    if (place < fields_.size()) fields_[place] = text;
  }

  const std::size_t chunk_bytes_;
  const std::size_t row_bytes_max_;
  const CsvIndexFunction index_;
  std::unique_ptr<char[]> text_;
  std::unique_ptr<std::uint32_t[]> separators_;  ///< see CsvPlaces
  std::unique_ptr<std::uint32_t[]> row_ends_;
  std::vector<Text> fields_;  ///< of an odd row

  std::size_t begin_ = 0;  ///< of the first row not handed out
  std::size_t end_ = 0;    ///< of the bytes filled in
  std::size_t chunk_end_ = 0;
  std::size_t next_separator_ = 0;
  std::size_t next_row_ = 0;
  CsvIndex found_;
  bool indexed_ = false;  ///< found_, separators_ and row_ends_ tell about begin_ to end_
  bool suspect_ = false;  ///< a row of the index may hold NUL or invalid UTF-8
  bool at_start_ = true;  ///< of the file: a byte order mark may come
  bool at_end_ = false;
  bool closed_ = false;  ///< a line feed was added for a last row without one

  bool skipping_ = false;  ///< the rest of a too long row
  CsvMachine skip_machine_;
  std::string skipped_;  ///< its start
};

}  // namespace billow::normalize
