#pragma once

#include "audit/finding.hpp"
#include "audit/line.hpp"
#include "audit/ordinal_set.hpp"
#include "charge/control_totals.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace billow::audit {

/// Adds up the charges of visible slices, line by line in any order, and compares them with what
/// the chain says of these slices. Memory: a bit a line that is there, however many the chain says
/// there are. Pure.
class SliceScan {
 public:
  explicit SliceScan(const std::vector<Slice>& recorded);

  void take(const StoredLine& line);
  std::uint64_t lines() const noexcept { return lines_; }

  /// After the last line: what is wrong, slice by slice.
  std::vector<Finding> findings() const;
  /// The ids of slices whose totals differ.
  std::set<std::string> differing() const;
  /// What was found in all of them together.
  ControlTotals totals() const;

 private:
  struct Scanned {
    ControlTotals recorded;
    ControlTotals found;
    OrdinalSet seen;
    std::vector<std::string> strangers;  ///< ids that no line of the slice has, the first of them
    std::uint64_t strangers_count = 0;
    std::vector<std::pair<std::string, std::uint64_t>> rewritten;  ///< ids and versions
    std::uint64_t rewritten_count = 0;
  };
  void append_lines(const std::string& id, const Scanned& slice,
                    std::vector<Finding>& findings) const;

  std::map<std::string, Scanned, std::less<>> slices_;
  std::vector<std::string> homeless_;  ///< ids of documents that name no slice of these
  std::uint64_t homeless_count_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace billow::audit
