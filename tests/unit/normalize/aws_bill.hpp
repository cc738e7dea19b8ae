#pragma once

#include "charge/charge.hpp"
#include "normalize/rules.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace billow::normalize {

/// A charge as a test looks at it: every column that is not null, as text. Dates as
/// `YYYY-MM-DDTHH:MM:SSZ`, tags as `tag:<key>`, the provider's line id as `x_LineItemId`.
using Columns = std::map<std::string, std::string, std::less<>>;

/// What became of one row.
struct Converted {
  Fate fate = Fate::charged;
  std::string column;
  std::string reason;
  std::vector<Columns> charges;
};

/// A bill in the making: a header and rows that differ from a first row in some cells.
class Bill {
 public:
  using Cells = std::vector<std::pair<std::string, std::string>>;

  /// `first`: the cells of a complete row, in the order of the header.
  Bill(std::unique_ptr<RowRules> rules, Cells first)
      : rules_(std::move(rules)), first_(std::move(first)) {}

  /// Adds a column, empty unless a row says otherwise, or changes what it holds by default.
  Bill& with(std::string_view column, std::string_view value = "");
  Bill& without(std::string_view column);

  /// Binds the header as it is now. convert() does it when it was not done.
  Result<HeaderFindings> bind();
  /// One row: the first one with these cells changed.
  Converted convert(const Cells& changes = {});
  /// The only charge of a row that must become exactly one.
  Columns charge(const Cells& changes = {});
  std::vector<std::string> residues() const { return rules_->residues(); }

 private:
  std::unique_ptr<RowRules> rules_;
  Cells first_;
  bool bound_ = false;
};

/// What a charge says.
Columns columns_of(const Charge& charge);

/// Converts one row whose cells stand in the order of the bound header.
Converted convert_row(RowRules& rules, const std::vector<std::string>& cells);

/// A CUR 2.0 row of ordinary usage: 2 hours of an m5.large at 0.096, June 2026.
Bill cur2_bill();
/// June 2026.
UnixSeconds june();

/// The value of a column, "" if it is null.
inline std::string value(const Columns& columns, std::string_view name) {
  const auto at = columns.find(name);
  return at == columns.end() ? std::string() : at->second;
}

}  // namespace billow::normalize
