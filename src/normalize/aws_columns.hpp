#pragma once

#include "normalize/rules.hpp"

#include <cstddef>
#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize::aws {

/// How much a column that the rules read is missed when a file lacks it.
enum class Need {
  required,  ///< no charge could be made: the file is refused
  expected,  ///< tolerated and reported
  optional,  ///< AWS leaves it out where it does not apply: tolerated in silence
};

/// A column that the rules read.
struct ColumnSpec {
  std::string_view name;
  Need need = Need::expected;
};

/// The place of a column that the file does not have. Row::field() is empty there.
inline constexpr std::size_t no_place = SIZE_MAX;

/// A column that goes into an x_ column as its text.
struct ExtraColumn {
  std::size_t place;
  std::string name;
  bool varies = false;  ///< it differs between lines that are else alike
};

/// The name of a header cell as CUR 2.0 writes it: `lineItem/UsageStartDate` ->
/// `line_item_usage_start_date`, `savingsPlan/SavingsPlanARN` -> `savings_plan_savings_plan_a_r_n`.
/// A name without '/' stays as it is.
std::string snake_name(std::string_view header);

/// `x_` and the name in PascalCase: `widget_mystery_code` -> `x_WidgetMysteryCode`. What is not a
/// letter, a digit or an underscore separates words; a name without any becomes `x_Column`.
std::string pascal_extra(std::string_view name);

/// `x_` names that are taken. Two columns that would end at one name get a suffix: `x_Name`,
/// `x_Name_2`.
class ExtraNames {
 public:
  /// Also takes the names that every document of ours has.
  explicit ExtraNames(std::initializer_list<std::string_view> taken);
  std::string claim(std::string name);

 private:
  std::set<std::string, std::less<>> taken_;
};

/// A header row without the byte-order mark some tools put in front.
std::vector<std::string> header_names(std::span<const std::string> header);

/// The places of the columns in the order of their names: what is written of them must not hang on
/// the order of an export's columns.
std::vector<std::size_t> places_by_name(std::span<const std::string> names);

/// Errc::malformed for a name that occurs twice.
Result<void> check_unique(std::span<const std::string> names);

/// Finds the columns of `specs` among `names`: places in the order of the specs, no_place for what
/// is not there. Names of absent expected columns are appended to `missing`; Errc::malformed names
/// all absent required ones.
Result<std::vector<std::size_t>> find_columns(std::span<const std::string> names,
                                              std::span<const ColumnSpec> specs,
                                              std::vector<std::string>& missing);

}  // namespace billow::normalize::aws
