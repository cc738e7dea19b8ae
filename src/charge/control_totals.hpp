#pragma once

#include "base/decimal.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace billow {

/// The four costs of FOCUS, in this order wherever an array of them appears.
inline constexpr std::array<std::string_view, 4> cost_names = {"BilledCost", "ContractedCost",
                                                               "EffectiveCost", "ListCost"};
inline constexpr std::size_t cost_kinds = cost_names.size();

/// The sums of one currency within one slice.
struct CurrencyTotals {
  std::uint64_t lines = 0;
  std::array<DecimalSum, cost_kinds> sums;
  /// The part of `sums` that comes from negative amounts: sum - 2 * negative is the sum of the
  /// absolute amounts, which the tolerance of the verification is measured against.
  std::array<DecimalSum, cost_kinds> negatives;

  void add(const CurrencyTotals& other);
};

/// An order-independent digest of a multiset of lines: the sum, modulo 2^128, of the XXH3-128
/// hashes of the encoded lines without what is ours (ids, load time) and without ids the provider
/// mints anew.
struct Digest {
  Uint128 value = 0;
  void add(Uint128 line_hash) noexcept { value += line_hash; }
  /// 32 lower-case hexadecimal digits.
  std::string to_string() const;
  /// Reads what to_string() wrote; the digest of no line for anything else.
  static Digest parse(std::string_view hex);
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// What the daemon knows exactly about a slice: what Elasticsearch must hold, to the last decimal.
struct ControlTotals {
  std::uint64_t lines = 0;
  std::map<std::string, CurrencyTotals, std::less<>> by_currency;  ///< key: ISO 4217 code
  Digest digest;

  void add(const ControlTotals& other);
};

/// Which lines of a period belong together: those with the same charge day. Lines whose charge
/// period is longer than a day (tax, fees) are kept apart, since they change with every delivery.
struct SliceKey {
  std::int32_t day = 0;  ///< days since 1970-01-01 of ChargePeriodStart
  bool long_period = false;
  friend auto operator<=>(const SliceKey&, const SliceKey&) = default;
  /// "2026-06-01" or "2026-06-01-long"
  std::string to_string() const;
};

/// The immutable unit of comparison, replacement and visibility.
struct Slice {
  std::string id;  ///< value of x_SliceId on every line of it
  SliceKey key;
  ControlTotals totals;
};

}  // namespace billow
