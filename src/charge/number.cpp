#include "charge/number.hpp"

#include <cstdint>
#include <cstring>

namespace billow {
namespace {

constexpr bool is_digit(char c) noexcept { return static_cast<unsigned char>(c - '0') <= 9; }

/// Of all characters of a number only `e` and `E` have bit 6 set.
bool has_exponent(Text text) noexcept {
  constexpr std::uint64_t bit6 = 0x4040'4040'4040'4040U;
  std::uint64_t seen = 0;
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    seen |= word;
    text.remove_prefix(8);
  }
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return (seen & bit6) != 0;
}

}  // namespace

bool is_plain_json(Text text, const Decimal& value) noexcept {
  if (text.empty()) return false;
  if (text.front() == '-') {
    if (value.is_zero()) return false;
    text.remove_prefix(1);
  }
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  if (text.front() == '0' && text.size() > 1 && text[1] != '.') return false;
  return !has_exponent(text);
}

}  // namespace billow
