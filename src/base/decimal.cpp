#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <bit>
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

/// "00", "01" and so on to "99".
constexpr auto digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

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

/// Eight digits as a number, all at once; nullopt when one of the bytes is no digit.
std::optional<std::uint64_t> eight_digits(const char* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  word ^= 0x3030'3030'3030'3030U;
  if (((word + 0x7676'7676'7676'7676U) | word) & 0x8080'8080'8080'8080U) return std::nullopt;
  // Pairs, then fours, then all eight.
  word = word * 10 + (word >> 8);
  constexpr std::uint64_t pairs = 0x0000'00FF'0000'00FFU;
  return ((word & pairs) * (100 + (std::uint64_t{1'000'000} << 32)) +
          (word >> 16 & pairs) * (1 + (std::uint64_t{10'000} << 32))) >>
         32;
}

/// Reads what nearly every amount is: digits, a point and digits, 18 of them at most, and nothing
/// else. False, with nothing said of `value`, for everything else.
bool read_usual(const char* at, const char* end, Decimal& value) noexcept {
  constexpr std::ptrdiff_t digits_max = 18;
  if (end - at > digits_max + 1) return false;
  std::uint64_t number = 0;
  const char* const start = at;
  for (; at != end && is_digit(*at); ++at)
    number = number * 10 + static_cast<unsigned char>(*at - '0');
  const std::ptrdiff_t before_point = at - start;
  std::ptrdiff_t scale = 0;
  if (at != end) {
    if (*at++ != '.') return false;
    scale = end - at;
    if (scale >= 8) {
      const auto eight = eight_digits(at);
      if (!eight) return false;
      number = number * 100'000'000 + *eight;
      at += 8;
    }
    for (; at != end; ++at) {
      if (!is_digit(*at)) return false;
      number = number * 10 + static_cast<unsigned char>(*at - '0');
    }
  }
  const std::ptrdiff_t digits = before_point + scale;
  if (digits == 0 || digits > digits_max) return false;
  value = {static_cast<std::int64_t>(number), static_cast<std::int32_t>(scale)};
  return true;
}

/// Writes the digits of a number, of 0 none, in front of `end`; returns where they start.
char* write_digits(char* end, std::uint64_t number) noexcept {
  while (number >= 100) {
    end -= 2;
    std::memcpy(end, digit_pairs.data() + number % 100 * 2, 2);
    number /= 100;
  }
  if (number >= 10) {
    end -= 2;
    std::memcpy(end, digit_pairs.data() + number * 2, 2);
  } else if (number > 0) {
    *--end = static_cast<char>('0' + number);
  }
  return end;
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
// NOLINTNEXTLINE(bugprone-exception-escape): fixed size, unchecked: only division by 0 throws
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

bool Decimal::parse_plain(std::string_view text, Decimal& value) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  // A digit on both sides of the point, and no needless zero in front.
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  if (text.front() == '0' && text.size() > 1 && text[1] != '.') return false;
  if (!read_usual(text.data(), text.data() + text.size(), value)) return false;
  if (negative) {
    if (value.is_zero()) return false;
    value.coefficient = -value.coefficient;
  }
  return true;
}

std::optional<Decimal> Decimal::parse(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  bool negative = false;
  if (at != end && (*at == '-' || *at == '+')) negative = *at++ == '-';

  Decimal usual;
  if (read_usual(at, end, usual)) {
    if (negative) usual.coefficient = -usual.coefficient;
    return usual;
  }
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
  // Digits first, from the back: 38 of them at most.
  char buffer[digits_max];
  char* const end = buffer + sizeof buffer;
  char* at = end;
  Uint128 rest = magnitude(coefficient);
  // Divisions of 128 bits are slow: at most one of them, the digits come off 64 bits.
  if (rest > UINT64_MAX) {
    at = write_digits(at, static_cast<std::uint64_t>(rest % chunk_unit));
    rest /= chunk_unit;
    while (at != end - chunk_digits) *--at = '0';
  }
  at = write_digits(at, static_cast<std::uint64_t>(rest));

  if (coefficient < 0) *out++ = '-';
  const auto places = static_cast<std::size_t>(scale);
  auto digits = static_cast<std::size_t>(end - at);
  if (digits > places) {
    std::memcpy(out, at, digits - places);
    out += digits - places;
    at += digits - places;
    digits = places;
  } else {
    *out++ = '0';
  }
  if (places == 0) return out;
  *out++ = '.';
  std::memset(out, '0', places - digits);
  std::memcpy(out + places - digits, at, digits);
  return out + places;
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
  const auto strip = [&result](auto digits) {
    for (; result.scale > 0 && digits % 10 == 0; --result.scale) digits /= 10;
    result.coefficient = digits;
  };
  // Divisions of 128 bits are slow.
  const auto narrow = static_cast<std::int64_t>(coefficient);
  if (narrow == coefficient) {
    strip(narrow);
  } else {
    strip(coefficient);
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
