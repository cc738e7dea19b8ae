#include "elastic/publication.hpp"

#include <charconv>
#include <cmath>

namespace billow::elastic {
namespace {

/// How far a double sum may be from the exact one, as part of the sum of the absolute amounts.
constexpr double tolerance = 1e-9;
/// What the arithmetic of doubles can be blamed for, with room: each amount is stored with an error
/// below 1.2e-16 of itself, and compensated summation adds a few times that. Only an error below
/// this may carry a sum over a half cent.
constexpr double arithmetic_noise = 1e-14;
constexpr int cent_places = 2;
constexpr double smallest =
    1e-30;  ///< below every amount that a decimal of 38 places can add up to

/// The shortest decimal that reads as `value`; nullopt when it is no number a sum could have.
std::optional<DecimalSum> decimal_of(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  if (std::fabs(value) < smallest) return DecimalSum{};
  char text[400];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed);
  if (end.ec != std::errc{}) return std::nullopt;
  return DecimalSum::parse(std::string_view(text, static_cast<std::size_t>(end.ptr - text)));
}

/// The sum of the absolute amounts: sum - 2 * (the part that is negative).
double absolute_sum(const CurrencyTotals& totals, std::size_t kind) {
  DecimalSum sum = totals.sums[kind];
  sum.subtract(totals.negatives[kind]);
  sum.subtract(totals.negatives[kind]);
  return std::fabs(sum.to_double());
}

/// nullopt when `stored` is as good as a double can be.
std::optional<std::string> sum_difference(const CurrencyTotals& expected, std::size_t kind,
                                          double stored) {
  const DecimalSum& exact = expected.sums[kind];
  const auto found = decimal_of(stored);
  if (!found) return "expected " + exact.to_string() + ", stored " + std::to_string(stored);
  DecimalSum apart = exact;
  apart.subtract(*found);
  const double distance = std::fabs(apart.to_double());
  const double amounts = absolute_sum(expected, kind);
  const bool near = distance <= tolerance * amounts;
  const bool same_cents =
      exact.to_string_rounded(cent_places) == found->to_string_rounded(cent_places);
  if (near && (same_cents || distance <= arithmetic_noise * amounts)) return std::nullopt;
  return "expected " + exact.to_string() + ", stored " + found->to_string() + ", differs by " +
         apart.to_string();
}

std::string count_difference(const std::string& what, std::uint64_t expected,
                             std::uint64_t stored) {
  return what + ": expected " + std::to_string(expected) + ", stored " + std::to_string(stored);
}

class Comparison {
 public:
  explicit Comparison(const Slice& slice) : slice_(slice) {}

  std::vector<Difference> with(const StoredSlice& stored) {
    if (slice_.totals.lines != stored.lines) {
      report(count_difference("lines", slice_.totals.lines, stored.lines));
      if (stored.lines == 0) return std::move(found_);
    }
    for (const auto& [currency, totals] : slice_.totals.by_currency) {
      const auto there = stored.by_currency.find(currency);
      compare_currency(currency, totals,
                       there == stored.by_currency.end() ? StoredSlice::Sums{} : there->second);
    }
    for (const auto& [currency, sums] : stored.by_currency) {
      if (slice_.totals.by_currency.contains(currency)) continue;
      report(count_difference("lines in " + shown(currency), 0, sums.lines));
    }
    return std::move(found_);
  }

 private:
  static std::string shown(const std::string& currency) {
    return currency.empty() ? "no currency" : currency;
  }
  void report(std::string what) { found_.push_back(Difference{slice_.id, std::move(what)}); }

  void compare_currency(const std::string& currency, const CurrencyTotals& expected,
                        const StoredSlice::Sums& stored) {
    if (expected.lines != stored.lines) {
      report(count_difference("lines in " + shown(currency), expected.lines, stored.lines));
    }
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      auto difference = sum_difference(expected, kind, stored.sums[kind]);
      if (!difference) continue;
      report(std::string(cost_names[kind]) + " " + shown(currency) + ": " + *difference);
    }
  }

  const Slice& slice_;
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> compare(const std::vector<Slice>& expected,
                                const std::map<std::string, StoredSlice>& stored) {
  std::vector<Difference> differences;
  for (const Slice& slice : expected) {
    const auto there = stored.find(slice.id);
    Comparison comparison(slice);
    auto found = comparison.with(there == stored.end() ? StoredSlice{} : there->second);
    differences.insert(differences.end(), std::make_move_iterator(found.begin()),
                       std::make_move_iterator(found.end()));
  }
  return differences;
}

}  // namespace billow::elastic
