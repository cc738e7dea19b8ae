#pragma once

#include "base/civil_time.hpp"
#include "charge/charge.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace billow::normalize::aws {

/// Watches that the negations of every savings plan cancel, hour by hour, what the covered usage
/// would have cost. Memory is bounded: when `hours_max` plan hours are known, further ones are
/// added up per plan, and plans beyond `plans_max` or with a longer name than an ARN may have are
/// added up as one.
class Negations {
 public:
  static constexpr std::size_t hours_max = 100'000;
  static constexpr std::size_t plans_max = 10'000;
  static constexpr std::size_t plan_bytes_max = 2'048;

  /// A covered line (positive) or a negation (negative) of `plan` that starts at `start`.
  void add(Text plan, UnixSeconds start, Text currency, const Decimal& unblended);

  /// What did not cancel, sorted: "plan hour residue currency". The hour is `later` for those added
  /// up per plan.
  std::vector<std::string> residues() const;

 private:
  struct Key {
    std::uint32_t plan;
    UnixSeconds start;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      const std::uint64_t mixed =
          (static_cast<std::uint64_t>(key.start) ^ std::uint64_t{key.plan} << 40) *
          0x9E3779B97F4A7C15U;
      return mixed ^ mixed >> 32;
    }
  };
  /// Start of what is added up once the limit is reached.
  static constexpr UnixSeconds later = INT64_MIN;

  std::map<std::string, std::uint32_t, std::less<>> plans_;  ///< "arn currency" -> number
  std::string last_plan_;
  std::uint32_t last_ = 0;
  std::unordered_map<Key, DecimalSum, Hash> sums_;
};

}  // namespace billow::normalize::aws
