#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace billow::daemon {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  bool shrinks = false;  ///< may be cut, with "…", when the table is too wide; figures never are
};

/// A table for the terminal: columns parted by two blanks, a head, rules between groups of rows.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Cells that are left out are empty.
  void add_row(std::vector<std::string> cells);
  /// A line across the table before the next row.
  void add_rule();
  bool empty() const noexcept { return rows_.empty(); }

  /// The lines with their newlines. `width` in columns of the terminal; 0: as wide as need be. A
  /// table that is too wide even with its shrinking columns cut to 8 stays too wide: figures are
  /// never cut.
  std::string render(std::size_t width) const;

 private:
  std::vector<std::size_t> widths(std::size_t width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  ///< an empty row is a rule
};

/// Columns a text takes on a terminal: its code points. (Wide characters count as one.)
std::size_t display_width(std::string_view text) noexcept;
/// The text cut to `width` columns, with "…" at its end when something is missing. Control
/// characters, which a provider's data may hold, become blanks.
std::string fitted(std::string_view text, std::size_t width);

/// "1234567.5" as "1,234,567.5": blanks out nothing but groups the digits before the point.
std::string grouped(std::string_view number);
/// "1,234,567"
std::string grouped(std::size_t number);

}  // namespace billow::daemon
