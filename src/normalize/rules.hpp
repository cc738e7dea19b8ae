#pragma once

#include "base/error.hpp"
#include "charge/charge.hpp"
#include "normalize/csv_row.hpp"
#include "normalize/json_shape.hpp"
#include "normalize/scratch.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

struct Options;

/// Takes the charges that a row becomes, at once: everything a charge borrows may be gone after the
/// row.
class ChargeSink {
 public:
  virtual ~ChargeSink() = default;
  virtual void emit(const Charge& charge) = 0;
};

/// What happened to a row.
enum class Fate { charged, dropped, dead };

struct RowOutcome {
  Fate fate = Fate::charged;
  std::string_view column;  ///< dead: the column at fault
  std::string reason;       ///< dead: what is wrong and what was expected
};

/// What the header of a file was found to hold.
struct HeaderFindings {
  std::vector<std::string> unknown;  ///< kept as x_ columns
  std::vector<std::string> missing;  ///< expected, absent, tolerated
};

/// One provider's knowledge: turns rows into charges. Kept over all files of a delivery.
class RowRules {
 public:
  virtual ~RowRules() = default;
  /// Of pages of JSON: where their rows are. Empty, and that for ever, for rules of CSV files.
  virtual JsonShape shape() const { return {}; }
  /// A file begins. Errc::malformed for a name that tells less than the rules need to know.
  virtual Result<void> begin_object(std::string_view) { return {}; }
  /// Binds the header of a file, or the columns_of() the shape. Errc::malformed names the column
  /// without which no charge can be made, or one that appears twice.
  virtual Result<HeaderFindings> bind(std::span<const std::string> header) = 0;
  /// Turns one row into charges (none, one or two) given to `sink`, either all or none: a dead row
  /// emits nothing. `scratch` is emptied by the caller before each row.
  virtual RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) = 0;
  /// After the last row: savings-plan negations that did not cancel, "plan hour residue currency".
  virtual std::vector<std::string> residues() const { return {}; }
};

std::unique_ptr<RowRules> make_aws_cur2_rules(UnixSeconds period);
std::unique_ptr<RowRules> make_aws_focus_rules(UnixSeconds period);
std::unique_ptr<RowRules> make_elastic_cloud_rules(const Options& options);

}  // namespace billow::normalize
