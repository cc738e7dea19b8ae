#pragma once

#include "charge/charge.hpp"

namespace billow {

/// True when `text`, which Decimal::parse() accepts, is valid JSON as it stands and in plain
/// notation: no exponent, no '+', a digit on both sides of the point, no needless leading zero, no
/// sign on a zero.
bool is_plain_json(Text text, const Decimal& value) noexcept;

/// Writes a computed decimal with every digit. `memory` keeps the text: anything with `char*
/// take(std::size_t)`.
template <class Memory>
Number make_number(const Decimal& value, Memory& memory) {
  char* const place = memory.take(Decimal::text_max);
  return {Text(place, static_cast<std::size_t>(value.write_to(place) - place)), value};
}

/// Reads a number as bills write it (Decimal::parse). Its own text is kept, borrowed, where that is
/// valid JSON; else (`1.2E-7`, `+1`, `.5`, `5.`, `007`, `-0`) it is written anew into `memory`.
/// False, with nothing said of `number`, for what is not a number or cannot be held exactly, and so
/// for an empty text: the caller knows what is null.
template <class Memory>
bool read_number(Text text, Memory& memory, Number& number) {
  if (Decimal::parse_plain(text, number.value)) {
    number.text = text;
    return true;
  }
  const auto value = Decimal::parse(text);
  if (!value) return false;
  number = is_plain_json(text, *value) ? Number{text, *value} : make_number(*value, memory);
  return true;
}

}  // namespace billow
