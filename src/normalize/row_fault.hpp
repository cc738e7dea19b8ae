#pragma once

#include "charge/number.hpp"
#include "normalize/rules.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace billow::normalize {

/// The start of a cell's text, for messages. Never cuts a UTF-8 character in two.
inline std::string shown(Text text) {
  constexpr std::size_t bytes_max = 80;
  std::size_t size = text.size();
  if (size > bytes_max) {
    size = bytes_max;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  }
  std::string out = "'";
  out += text.substr(0, size);
  return out + (text.size() > size ? "...'" : "'");
}

/// Why a row cannot become a charge, if it cannot. Filled by the first fault found.
struct RowFault {
  bool found = false;
  std::string_view column;
  std::string reason;

  bool say(std::string_view where, std::string what) {
    if (!found) {
      found = true;
      column = where;
      reason = std::move(what);
    }
    return false;
  }
  RowOutcome outcome() { return {Fate::dead, column, std::move(reason)}; }
};

/// Reads an amount. True also for an empty text, which leaves `number` null.
inline bool read_amount(Text text, std::string_view column, Scratch& scratch, Number& number,
                        RowFault& fault) {
  if (text.empty() || read_number(text, scratch, number)) return true;
  return fault.say(column, shown(text) + " is not a number that can be held exactly");
}

}  // namespace billow::normalize
