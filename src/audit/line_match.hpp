#pragma once

#include "audit/finding.hpp"
#include "audit/line.hpp"
#include "base/decimal.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace billow::audit {

/// Finds which lines of some slices differ between Elasticsearch and the source, though their order
/// may be another one. Lines are matched by what they state as a whole; of those that are left, two
/// with the same place, or else the two that are most alike, are one line that was altered. Fed
/// three times: with every indexed line, with every line of the source, with every indexed line
/// again. Pure.
class LineMatch {
 public:
  /// How many indexed lines one comparison may hold: 32 bytes each.
  static constexpr std::uint64_t lines_max = 2'000'000;

  /// A slice to compare, which was published with so many lines. `numbered`: it was loaded from the
  /// very delivery that is read again, so that the source gives its lines the ordinals they have.
  void expect(const std::string& slice, std::uint64_t lines, bool numbered);

  void count_indexed(std::string_view slice, Uint128 digest);
  /// Between the two: no indexed line follows.
  void take_source(std::string_view slice, std::uint64_t ordinal, std::string_view statement);
  /// The indexed lines once more. Keeps those that the source does not state.
  void take_indexed(std::string_view slice, const StoredLine& line, Uint128 digest);

  std::vector<Finding> findings() const;

 private:
  struct Count {
    Uint128 digest = 0;
    std::uint64_t left = 0;  ///< indexed lines that no line of the source has matched
  };
  struct Stated {
    std::uint64_t ordinal = 0;
    std::string statement;
  };
  struct Indexed {
    std::string id;
    std::string source;
    Uint128 digest = 0;
  };
  struct Lines {
    std::uint64_t published = 0;
    bool numbered = false;
    bool sorted = false;
    std::vector<Count> counts;
    std::vector<Stated> stated;    ///< and not indexed, the first of them
    std::vector<Indexed> indexed;  ///< with a digest of which some are left, the first of them
    std::uint64_t stated_count = 0;

    Count* find(Uint128 digest);
    std::uint64_t left() const;
  };
  static std::vector<Indexed> unmatched(const std::string& slice, const Lines& lines);
  static void compare(const std::string& slice, const Lines& lines, std::vector<Finding>& findings);

  std::map<std::string, Lines, std::less<>> slices_;
};

}  // namespace billow::audit
