#pragma once

#include <cstddef>
#include <string_view>

namespace billow::normalize {

/// True for a number by the grammar of JSON, whatever its size.
constexpr bool is_json_number(std::string_view text) noexcept {
  const auto digits = [&text] {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool leads_with_zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (leads_with_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

/// True for a number, true, false and null.
constexpr bool is_json_scalar(std::string_view text) noexcept {
  return is_json_number(text) || text == "true" || text == "false" || text == "null";
}

/// Without the blanks of JSON at its end.
constexpr std::string_view without_blanks(std::string_view text) noexcept {
  while (text.ends_with(' ') || text.ends_with('\n') || text.ends_with('\r') ||
         text.ends_with('\t')) {
    text.remove_suffix(1);
  }
  return text;
}

/// What a value is, by its first byte; for messages.
constexpr std::string_view kind_of_json(std::string_view text) noexcept {
  switch (text.empty() ? '\0' : text.front()) {
    case '{':
      return "an object";
    case '[':
      return "a list";
    case '"':
      return "a string";
    case 't':
    case 'f':
      return "a boolean";
    case 'n':
      return "null";
    default:
      return "a number";
  }
}

}  // namespace billow::normalize
