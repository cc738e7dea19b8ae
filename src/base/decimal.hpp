#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace billow {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

/// An exact decimal number: coefficient / 10^scale. Holds up to 38 significant digits, which covers
/// the 36 digits of FOCUS "extended precision"; no operation rounds unless its name says so.
struct Decimal {
  static constexpr int digits_max = 38;
  static constexpr int scale_max = 38;

  Int128 coefficient = 0;
  std::int32_t scale = 0;  ///< digits after the point, 0..38; trailing zeros of the source are kept

  /// Reads a number as FOCUS and JSON write it: optional '-', digits, optional fraction, optional
  /// exponent
  /// (`1E-7`). Also accepts a leading '+', `.5` and `5.`, which some exports contain. Blanks,
  /// separators, currency signs, NaN and Infinity, more than 38 significant digits or a scale over
  /// 38 give nullopt. -0 is read as 0.
  static std::optional<Decimal> parse(std::string_view text) noexcept;
  /// Reads what nearly every amount of a bill is, and quicker: a JSON number (RFC 8259) without an
  /// exponent and of 18 digits at most. False, with nothing said of `value`, for everything else,
  /// and for a negative zero.
  static bool parse_plain(std::string_view text, Decimal& value) noexcept;

  constexpr bool is_zero() const noexcept { return coefficient == 0; }
  constexpr bool is_negative() const noexcept { return coefficient < 0; }

  /// Plain notation, valid JSON, every digit: "-0.10". Never an exponent.
  std::string to_string() const;
  /// The same into `out`, which must have room for text_max characters; returns the end.
  char* write_to(char* out) const noexcept;
  static constexpr std::size_t text_max = 41;
  /// The nearest double. For tolerances and charts only, never for sums.
  double to_double() const noexcept;
  /// The same value without trailing zeros after the point.
  Decimal normalized() const noexcept;

  /// Equal in value: 1.0 == 1.00.
  friend bool operator==(const Decimal& a, const Decimal& b) noexcept;
};

constexpr Decimal operator-(const Decimal& value) noexcept {
  return {-value.coefficient, value.scale};
}

/// Exact results, or nullopt where 38 digits or a scale of 38 do not suffice.
std::optional<Decimal> add(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) noexcept;
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) noexcept;

/// Adds any number of decimals exactly. The common cases are one or two 128-bit additions;
/// everything else goes to a number of unlimited size, so a sum can neither overflow nor round.
class DecimalSum {
 public:
  void add(const Decimal& value) noexcept;
  void add(const DecimalSum& other);
  void subtract(const DecimalSum& other);

  bool is_zero() const;
  /// Plain notation without trailing zeros after the point, valid JSON: "12.5", "-3", "0".
  std::string to_string() const;
  /// The nearest double, for tolerances only.
  double to_double() const;
  /// Rounded half away from zero to `places` digits after the point, e.g. "12.50".
  std::string to_string_rounded(int places) const;
  /// Reads what to_string() wrote; nullopt for anything that is not a plain decimal number.
  static std::optional<DecimalSum> parse(std::string_view text);

  friend bool operator==(const DecimalSum& a, const DecimalSum& b);

 private:
  static constexpr int fast_scale = 18;
  /// Everything as one number of `wide_scale` digits after the point.
  boost::multiprecision::cpp_int wide() const;
  void add_wide(const Decimal& value);

  // The sum is the sum of these three.
  Int128 fast_ = 0;  ///< in units of 10^-18
  Int128 fine_ =
      0;  ///< in units of 10^-38; digits behind the eighteenth, as prices times quantities have
  boost::multiprecision::cpp_int wide_;  ///< in units of 10^-38; what does not fit the others
};

}  // namespace billow
