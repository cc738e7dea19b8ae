#include "charge/number.hpp"

#include <cstring>

namespace billow {

bool is_plain_json(Text text, const Decimal& value) noexcept {
  const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') <= 9; };
  if (text.empty()) return false;
  if (text.front() == '-') {
    if (value.is_zero()) return false;
    text.remove_prefix(1);
  }
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  if (text.front() == '0' && text.size() > 1 && text[1] != '.') return false;
  return std::memchr(text.data(), 'e', text.size()) == nullptr &&
         std::memchr(text.data(), 'E', text.size()) == nullptr;
}

}  // namespace billow
