#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace billow {
namespace {

// Wide enough for the product of two coefficients shifted by any scale; lives on the stack.
using Int512 = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
    512, 512, boost::multiprecision::signed_magnitude, boost::multiprecision::unchecked, void>>;

constexpr auto powers_of_ten = [] {
  std::array<Int128, Decimal::digits_max + 1> powers{};
  Int128 power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

constexpr std::int32_t chunk_digits = 19;  ///< as many as a std::uint64_t holds
constexpr std::uint64_t chunk_unit = 10'000'000'000'000'000'000U;

constexpr Int128 power_of_ten(std::int32_t exponent) noexcept {
  return powers_of_ten[static_cast<std::size_t>(exponent)];
}

constexpr Uint128 magnitude(Int128 value) noexcept {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

constexpr bool is_digit(char c) noexcept { return static_cast<unsigned char>(c - '0') <= 9; }

/// value * 10^exponent where 64 bits times 64 bits suffice.
std::optional<Int128> scale_up(Int128 value, std::int32_t exponent) noexcept {
  const auto narrow_value = static_cast<std::int64_t>(value);
  if (exponent == 0) return value;
  if (narrow_value != value || exponent > 18) return std::nullopt;
  return Int128{narrow_value} * power_of_ten(exponent);
}

/// What stands before an exponent: the digits without leading zeros, and how many follow the point.
struct Digits {
  Uint128 value = 0;
  int significant = 0;  ///< digits of `value`
  int scale = 0;
  bool any = false;
  bool too_many = false;
};

/// Reads digits with at most one point; stops at the first other character.
const char* read_digits(const char* at, const char* end, Digits& digits) noexcept {
  std::uint64_t head = 0;  // the first 19 significant digits
  bool point = false;
  for (; at != end; ++at) {
    if (*at == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(*at)) break;
    const auto digit = static_cast<unsigned>(*at - '0');
    digits.any = true;
    digits.scale += point ? 1 : 0;
    if (digits.significant == 0 && digit == 0) continue;
    if (++digits.significant <= 19) {
      head = head * 10 + digit;
    } else if (digits.significant <= Decimal::digits_max) {
      digits.value = (digits.significant == 20 ? head : digits.value) * 10 + digit;
    } else {
      digits.too_many = true;
    }
  }
  if (digits.significant <= 19) digits.value = head;
  return at;
}

/// Reads `E-7` and the like into `exponent`. Beyond four digits nothing can be represented anyway.
bool read_exponent(const char* at, const char* end, int& exponent) noexcept {
  ++at;
  bool negative = false;
  if (at != end && (*at == '+' || *at == '-')) negative = *at++ == '-';
  if (at == end) return false;
  int value = 0;
  for (; at != end; ++at) {
    if (!is_digit(*at)) return false;
    value = std::min(value * 10 + (*at - '0'), 9999);
  }
  exponent = negative ? -value : value;
  return true;
}

/// coefficient * 10^-scale as a Decimal, without trailing zeros if it does not fit with them.
std::optional<Decimal> narrow(Int512 coefficient, std::int32_t scale) noexcept {
  const Int512 limit = Int512(power_of_ten(Decimal::digits_max));
  if (coefficient == 0) return Decimal{0, std::min(scale, Decimal::scale_max)};
  while (scale > 0 && (scale > Decimal::scale_max || abs(coefficient) >= limit)) {
    if (coefficient % 10 != 0) return std::nullopt;
    coefficient /= 10;
    --scale;
  }
  if (abs(coefficient) >= limit) return std::nullopt;
  return Decimal{static_cast<Int128>(coefficient), scale};
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  bool negative = false;
  if (at != end && (*at == '-' || *at == '+')) negative = *at++ == '-';

  Digits digits;
  at = read_digits(at, end, digits);
  if (!digits.any || digits.too_many) return std::nullopt;

  Decimal result{static_cast<Int128>(digits.value), digits.scale};
  if (at != end) {
    int exponent = 0;
    if ((*at != 'e' && *at != 'E') || !read_exponent(at, end, exponent)) return std::nullopt;
    result.scale -= exponent;
    if (result.scale < 0) {
      if (digits.significant - result.scale > digits_max && !result.is_zero()) return std::nullopt;
      if (!result.is_zero()) result.coefficient *= power_of_ten(-result.scale);
      result.scale = 0;
    }
  }
  if (result.scale > scale_max) {
    if (!result.is_zero()) return std::nullopt;
    result.scale = scale_max;
  }
  if (negative) result.coefficient = -result.coefficient;
  return result;
}

char* Decimal::write_to(char* out) const noexcept {
  // Written from the back: 38 digits, a zero and a point in front of them, and a sign.
  char buffer[text_max];
  char* const end = buffer + sizeof buffer;
  char* at = end;
  Uint128 rest = magnitude(coefficient);
  std::int32_t written = 0;
  const auto put = [&](std::uint64_t digits, std::int32_t count_min) {
    for (std::int32_t count = 0; digits != 0 || count < count_min; ++count) {
      if (written++ == scale && scale > 0) *--at = '.';
      *--at = static_cast<char>('0' + digits % 10);
      digits /= 10;
    }
  };
  // Divisions of 128 bits are slow: at most two of them, the digits come off 64 bits.
  for (; rest > UINT64_MAX; rest /= chunk_unit)
    put(static_cast<std::uint64_t>(rest % chunk_unit), chunk_digits);
  put(static_cast<std::uint64_t>(rest), scale + 1 - written);
  if (coefficient < 0) *--at = '-';
  const auto size = static_cast<std::size_t>(end - at);
  std::memcpy(out, at, size);
  return out + size;
}

std::string Decimal::to_string() const {
  char text[text_max];
  return {text, write_to(text)};
}

double Decimal::to_double() const noexcept {
  constexpr Int128 exact = Int128{1} << 53;
  // Both numbers are exact doubles, so one division rounds once.
  if (coefficient <= exact && coefficient >= -exact && scale <= 22) {
    return static_cast<double>(coefficient) / static_cast<double>(power_of_ten(scale));
  }
  const std::string text = to_string();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Decimal Decimal::normalized() const noexcept {
  if (coefficient == 0) return {};
  Decimal result = *this;
  while (result.scale > 0 && result.coefficient % 10 == 0) {
    result.coefficient /= 10;
    --result.scale;
  }
  return result;
}

bool operator==(const Decimal& a, const Decimal& b) noexcept {
  if (a.scale == b.scale) return a.coefficient == b.coefficient;
  const Decimal x = a.normalized();
  const Decimal y = b.normalized();
  return x.coefficient == y.coefficient && x.scale == y.scale;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) noexcept {
  const std::int32_t scale = std::max(a.scale, b.scale);
  const auto x = scale_up(a.coefficient, scale - a.scale);
  const auto y = scale_up(b.coefficient, scale - b.scale);
  Int128 fast = 0;
  if (x && y && !__builtin_add_overflow(*x, *y, &fast) &&
      magnitude(fast) < magnitude(power_of_ten(Decimal::digits_max))) {
    return Decimal{fast, scale};
  }
  const Int512 sum = Int512(a.coefficient) * Int512(power_of_ten(scale - a.scale)) +
                     Int512(b.coefficient) * Int512(power_of_ten(scale - b.scale));
  return narrow(sum, scale);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) noexcept { return add(a, -b); }

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) noexcept {
  const std::int32_t scale = a.scale + b.scale;
  const auto x = static_cast<std::int64_t>(a.coefficient);
  const auto y = static_cast<std::int64_t>(b.coefficient);
  // 64 x 64 bits give at most 2^126, which has 38 digits.
  if (x == a.coefficient && y == b.coefficient && scale <= Decimal::scale_max) {
    return Decimal{Int128{x} * y, scale};
  }
  return narrow(Int512(a.coefficient) * Int512(b.coefficient), scale);
}

}  // namespace billow
