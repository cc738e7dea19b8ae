#pragma once

#include "audit/finding.hpp"
#include "base/decimal.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace billow::audit {

/// Finds which lines of a slice differ between Elasticsearch and the source, where their order need
/// not be the same: first by what they state as a whole, then those that are left by what most of
/// their columns say. Pure.
class LineMatch {
 public:
  /// How many lines one comparison may hold: some 150 bytes each.
  static constexpr std::size_t lines_max = 500'000;

  /// First every indexed line of the slices in question, by the digest of its statement.
  void take_indexed(const std::string& slice, std::string_view id, Uint128 digest);
  std::size_t indexed() const noexcept { return indexed_; }
  /// Then every line the source states for them.
  void take_source(const std::string& slice, std::string_view statement);

  /// The _ids of indexed lines that the source does not state, the first of them.
  std::vector<std::string> unmatched() const;
  /// `sources`: the stored documents of unmatched(), by _id.
  std::vector<Finding> findings(const std::map<std::string, std::string>& sources) const;

 private:
  struct Lines {
    std::multimap<Uint128, std::string> indexed;  ///< not stated by the source so far
    std::vector<std::string> stated;              ///< not indexed, the first of them
    std::uint64_t stated_count = 0;
  };
  std::map<std::string, Lines> slices_;
  std::size_t indexed_ = 0;
};

/// "BilledCost: 1.25 in the source, 0.25 in Elasticsearch; ...": the columns in which two lines
/// differ.
std::string column_differences(std::string_view stated, std::string_view indexed);

}  // namespace billow::audit
