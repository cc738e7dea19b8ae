#pragma once

#include "base/error.hpp"
#include "normalize/csv_row.hpp"
#include "normalize/json_shape.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace billow::normalize {

/// One row of a JSON page. Its views live until take() returns.
struct JsonRow {
  Row fields;               ///< the cells, in the order of columns_of()
  std::string_view json;    ///< the element of the list, as it stands in the page
  std::string_view column;  ///< the column at fault, or ""
  std::string_view fault;   ///< why the row cannot be used; "" where it can
};

/// A total that is not the sum of its rows.
struct JsonTotal {
  std::string_view json;  ///< the number, as it stands in the page
  std::string place;      ///< where: `instances[3].total_ecu`
  std::string sum;        ///< what the rows come to
};

/// Takes what a page holds, in the order of the page. An error ends the reading of the page.
class JsonRowSink {
 public:
  virtual ~JsonRowSink() = default;
  virtual Result<void> take(const JsonRow& row) = 0;
  virtual Result<void> take(const JsonTotal& total) = 0;
};

/// Cuts pages of one shape into rows. Numbers keep their digits. Not thread-safe; memory is bounded
/// by the largest page.
///
/// A page that is not JSON (RFC 8259) from its first byte to its last, but for a byte order mark,
/// is refused, and so is one without its lists, with a member given twice or of another type than
/// the shape says, wherever that is outside the rows. Within a row these are faults of the row. A
/// total is compared with its rows wherever all of them have a number there. It is wrong when it is
/// further away than rounding explains: half a unit of the fourth decimal for each row and one for
/// itself, since that is what providers round to.
class JsonRows {
 public:
  explicit JsonRows(JsonShape shape);
  ~JsonRows();
  JsonRows(JsonRows&&) noexcept;

  /// Reads a whole page. JsonPage::padding blanks must follow `page`. Errc::malformed says what is
  /// wrong and where: "instances[3].id is a number, expected a string"; errors of `sink` are passed
  /// on.
  Result<void> read(std::string_view page, JsonRowSink& sink);

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace billow::normalize
