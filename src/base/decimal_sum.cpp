#include "base/decimal.hpp"

#include <array>
#include <charconv>
#include <cstdlib>

namespace billow {
namespace {

using boost::multiprecision::cpp_int;

constexpr int wide_scale = Decimal::scale_max;

constexpr auto small_powers = [] {
  std::array<std::int64_t, 19> powers{};
  std::int64_t power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

// The largest scale whose unit, as seen from 10^-18, is a small power.
constexpr std::int32_t fine_scale_max = 36;

/// 10^exponent for the 20 powers up to 10^20.
Int128 power_of_ten_narrow(int exponent) noexcept {
  constexpr std::int64_t largest = small_powers.back();
  if (exponent < 19) return small_powers[static_cast<std::size_t>(exponent)];
  return Int128{largest} * small_powers[static_cast<std::size_t>(exponent - 18)];
}

cpp_int power_of_ten(int exponent) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

/// `value` / 10^scale in plain notation, with every digit of the scale.
std::string plain(const cpp_int& value, int scale) {
  std::string digits = cpp_int(abs(value)).str();
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, 1, '.');
  if (value < 0) digits.insert(0, 1, '-');
  return digits;
}

}  // namespace

void DecimalSum::add(const Decimal& value) noexcept {
  const auto coefficient = static_cast<std::int64_t>(value.coefficient);
  Int128 amount = 0;
  Int128 rest = 0;
  if (value.scale <= fast_scale && coefficient == value.coefficient) {
    amount = Int128{coefficient} * small_powers[static_cast<std::size_t>(fast_scale - value.scale)];
  } else if (value.scale > fast_scale && value.scale <= fine_scale_max) {
    const std::int64_t unit = small_powers[static_cast<std::size_t>(value.scale - fast_scale)];
    // Divisions of 128 bits are slow.
    amount =
        coefficient == value.coefficient ? Int128{coefficient / unit} : value.coefficient / unit;
    rest = (value.coefficient - amount * unit) * power_of_ten_narrow(wide_scale - value.scale);
  } else {
    return add_wide(value);
  }
  Int128 sum = 0;
  Int128 fine = 0;
  if (__builtin_add_overflow(fast_, amount, &sum) || __builtin_add_overflow(fine_, rest, &fine)) {
    return add_wide(value);
  }
  fast_ = sum;
  fine_ = fine;
}

void DecimalSum::add_wide(const Decimal& value) {
  wide_ += cpp_int(value.coefficient) * power_of_ten(wide_scale - value.scale);
}

void DecimalSum::add(const DecimalSum& other) {
  Int128 sum = 0;
  Int128 fine = 0;
  if (__builtin_add_overflow(fast_, other.fast_, &sum) ||
      __builtin_add_overflow(fine_, other.fine_, &fine)) {
    wide_ += other.wide();
    return;
  }
  fast_ = sum;
  fine_ = fine;
  if (!other.wide_.is_zero()) wide_ += other.wide_;
}

void DecimalSum::subtract(const DecimalSum& other) {
  Int128 difference = 0;
  Int128 fine = 0;
  if (__builtin_sub_overflow(fast_, other.fast_, &difference) ||
      __builtin_sub_overflow(fine_, other.fine_, &fine)) {
    wide_ -= other.wide();
    return;
  }
  fast_ = difference;
  fine_ = fine;
  if (!other.wide_.is_zero()) wide_ -= other.wide_;
}

cpp_int DecimalSum::wide() const {
  return wide_ + cpp_int(fine_) + cpp_int(fast_) * power_of_ten(wide_scale - fast_scale);
}

bool DecimalSum::is_zero() const {
  return wide_.is_zero() && fine_ == 0 ? fast_ == 0 : wide().is_zero();
}

std::string DecimalSum::to_string() const {
  const bool is_fast = wide_.is_zero() && fine_ == 0;
  std::string text = is_fast ? plain(cpp_int(fast_), fast_scale) : plain(wide(), wide_scale);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

double DecimalSum::to_double() const {
  const std::string text = to_string();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string DecimalSum::to_string_rounded(int places) const {
  const cpp_int value = wide();
  if (places >= wide_scale) return plain(value * power_of_ten(places - wide_scale), places);
  const cpp_int unit = power_of_ten(wide_scale - places);
  const cpp_int rounded = (abs(value) + unit / 2) / unit;
  return plain(value < 0 ? cpp_int(-rounded) : rounded, places);
}

std::optional<DecimalSum> DecimalSum::parse(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  cpp_int value = 0;
  std::int64_t chunk =
      0;  // digits are gathered by 18: one multiplication of big numbers for each chunk
  std::size_t chunk_digits = 0;
  int scale = 0;
  bool point = false;
  bool digit_before = false;
  const auto flush = [&] {
    value = value * small_powers[chunk_digits] + chunk;
    chunk = 0;
    chunk_digits = 0;
  };
  for (const char c : text) {
    if (c == '.' && digit_before && !point) {
      point = true;
      digit_before = false;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digit_before = true;
    if (point && ++scale > wide_scale) return std::nullopt;
    chunk = chunk * 10 + (c - '0');
    if (++chunk_digits == 18) flush();
  }
  if (!digit_before) return std::nullopt;
  flush();
  value *= power_of_ten(wide_scale - scale);
  DecimalSum sum;
  sum.wide_ = negative ? cpp_int(-value) : value;
  return sum;
}

bool operator==(const DecimalSum& a, const DecimalSum& b) {
  if (a.fast_ == b.fast_ && a.fine_ == b.fine_ && a.wide_ == b.wide_) return true;
  return a.wide() == b.wide();
}

}  // namespace billow
