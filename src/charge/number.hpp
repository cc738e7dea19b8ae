#pragma once

#include "charge/charge.hpp"

#include <optional>

namespace billow {

/// True when `text`, which Decimal::parse() accepts, is valid JSON as it stands and in plain
/// notation: no exponent, no '+', a digit on both sides of the point, no needless leading zero, no
/// sign on a zero.
bool is_plain_json(Text text, const Decimal& value) noexcept;

/// Writes a computed decimal with every digit. `memory` keeps the text: anything with `char*
/// take(std::size_t)`.
template <class Memory>
Number make_number(const Decimal& value, Memory& memory) {
  char text[Decimal::text_max];
  const auto size = static_cast<std::size_t>(value.write_to(text) - text);
  char* const place = memory.take(size);
  for (std::size_t i = 0; i < size; ++i) place[i] = text[i];
  return {Text(place, size), value};
}

/// Reads a number as bills write it (Decimal::parse). Its own text is kept, borrowed, where that is
/// valid JSON; else (`1.2E-7`, `+1`, `.5`, `5.`, `007`, `-0`) it is written anew into `memory`.
/// nullopt for what is not a number or cannot be held exactly, and so for an empty text: the caller
/// knows what is null.
template <class Memory>
std::optional<Number> read_number(Text text, Memory& memory) {
  const auto value = Decimal::parse(text);
  if (!value) return std::nullopt;
  if (is_plain_json(text, *value)) return Number{text, *value};
  return make_number(*value, memory);
}

}  // namespace billow
