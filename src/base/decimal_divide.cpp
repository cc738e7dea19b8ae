#include "base/decimal_divide.hpp"

#include <algorithm>
#include <array>

namespace billow {
namespace {

// Holds 10^78 times any coefficient; lives on the stack.
using Uint512 = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
    512, 512, boost::multiprecision::unsigned_magnitude, boost::multiprecision::unchecked, void>>;

constexpr auto powers_of_ten = [] {
  std::array<Uint128, Decimal::digits_max + 1> powers{};
  Uint128 power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

constexpr Uint128 power_of_ten(int exponent) noexcept {
  return powers_of_ten[static_cast<std::size_t>(exponent)];
}

constexpr Uint128 magnitude(Int128 value) noexcept {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

int digits_of(Uint128 value) noexcept {
  // 1233 / 4096 is just above log10(2); the guess is at most one too high.
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const auto low = static_cast<std::uint64_t>(value);
  const int bits = high != 0  ? 128 - __builtin_clzll(high)
                   : low != 0 ? 64 - __builtin_clzll(low)
                              : 0;
  const int guess = bits * 1233 >> 12;
  return guess + (guess <= Decimal::digits_max && value >= power_of_ten(guess) ? 1 : 0);
}

/// Takes zeros off the end of a number, not 0, with digits after the point.
void strip_zeros(Uint128& coefficient, int& scale) noexcept {
  // Divisions of 128 bits are slow: big steps first, and 64 bits as soon as they suffice.
  constexpr std::uint64_t step = 100'000'000;
  constexpr int step_digits = 8;
  while (coefficient > UINT64_MAX && scale >= step_digits && coefficient % step == 0) {
    coefficient /= step;
    scale -= step_digits;
  }
  while (coefficient > UINT64_MAX && scale > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  if (coefficient > UINT64_MAX) return;
  auto low = static_cast<std::uint64_t>(coefficient);
  for (; scale > 0 && low % 10 == 0; --scale) low /= 10;
  coefficient = low;
}

/// coefficient * 10^-scale, where the scale may still lie outside of what a Decimal holds.
std::optional<Decimal> placed(Uint128 coefficient, int scale, bool negative) noexcept {
  if (coefficient == 0) return Decimal{};
  strip_zeros(coefficient, scale);
  for (; scale < 0; ++scale) {
    if (coefficient >= power_of_ten(Decimal::digits_max - 1)) return std::nullopt;
    coefficient *= 10;
  }
  if (scale > Decimal::scale_max || coefficient >= power_of_ten(Decimal::digits_max))
    return std::nullopt;
  const auto value = static_cast<Int128>(coefficient);
  return Decimal{negative ? -value : value, scale};
}

struct Quotient {
  Uint128 value = 0;
  bool exact = false;
  bool above_half = false;  ///< what is left over is more than half of the divisor, or half of it
                            ///< and value is odd
};

/// n * 10^shift / d, cut to a whole number below 2^128.
// NOLINTNEXTLINE(bugprone-exception-escape): fixed size, unchecked: only division by 0 throws
Quotient quotient_of(Uint128 n, int shift, Uint128 d) noexcept {
  Quotient result;
  if (shift >= 0 && digits_of(n) + shift <= Decimal::digits_max) {
    const Uint128 scaled = n * power_of_ten(shift);
    result.value = scaled / d;
    const Uint128 rest = scaled - result.value * d;
    result.exact = rest == 0;
    const Uint128 left = d - rest;
    result.above_half = rest > left || (rest == left && (result.value & 1) != 0);
    return result;
  }
  Uint512 scaled = Uint512(n);
  Uint512 divisor = Uint512(d);
  for (int s = shift; s != 0;) {
    const int step = std::min(shift > 0 ? s : -s, Decimal::digits_max);
    (shift > 0 ? scaled : divisor) *= Uint512(power_of_ten(step));
    s += shift > 0 ? -step : step;
  }
  const Uint512 value = scaled / divisor;
  const Uint512 rest = scaled - value * divisor;
  // Up to 39 digits, which may be one too many; the caller then asks for one digit less.
  result.value = value > Uint512(~Uint128{0}) ? ~Uint128{0} : static_cast<Uint128>(value);
  result.exact = rest == 0;
  const Uint512 left = divisor - rest;
  result.above_half = rest > left || (rest == left && (result.value & 1) != 0);
  return result;
}

/// True when n / d has a finite number of decimals: what is left of d without its 2s and 5s divides
/// n.
bool ends(Uint128 n, Uint128 d) noexcept {
  const auto low = static_cast<std::uint64_t>(d);
  d >>= low != 0 ? __builtin_ctzll(low) : 64 + __builtin_ctzll(static_cast<std::uint64_t>(d >> 64));
  while (d > UINT64_MAX && d % 5 == 0) d /= 5;
  if (d > UINT64_MAX) return n % d == 0;
  auto rest = static_cast<std::uint64_t>(d);
  while (rest % 5 == 0) rest /= 5;
  return n % rest == 0;
}

}  // namespace

std::optional<Decimal> divide_rounded(const Decimal& a, const Decimal& b,
                                      int significant_digits) noexcept {
  if (b.is_zero() || significant_digits < 1 || significant_digits > Decimal::digits_max)
    return std::nullopt;
  if (a.is_zero()) return Decimal{};
  const Uint128 n = magnitude(a.coefficient);
  const Uint128 d = magnitude(b.coefficient);
  const bool negative = a.is_negative() != b.is_negative();
  // n / d lies between 10^(lead - 1) and 10^(lead + 1), so it has `digits` or one digit more after
  // this shift.
  const int lead = digits_of(n) - digits_of(d);
  const int shift_max = Decimal::scale_max - (a.scale - b.scale);
  int shift = std::min(significant_digits - lead, shift_max);
  Quotient q = quotient_of(n, shift, d);
  if (!q.exact && ends(n, d)) {
    for (int longer = shift + 1; longer <= std::min(Decimal::digits_max - lead, shift_max);
         ++longer) {
      const Quotient more = quotient_of(n, longer, d);
      if (!more.exact) continue;
      // The one digit more may be one too many.
      if (auto whole = placed(more.value, a.scale - b.scale + longer, negative)) return whole;
      break;
    }
  }
  if (!q.exact && q.value >= power_of_ten(significant_digits)) q = quotient_of(n, --shift, d);
  if (!q.exact && q.above_half) ++q.value;
  return placed(q.value, a.scale - b.scale + shift, negative);
}

}  // namespace billow
