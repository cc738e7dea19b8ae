#pragma once

#include "charge/number.hpp"
#include "normalize/rules.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace billow::normalize::aws {

/// Amounts that rules state themselves.
inline constexpr Number zero_amount{"0", Decimal{0, 0}};

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

/// Reads dates. Days are remembered, since lines share them, and so is the text read last.
class TimeCell {
 public:
  /// False for what is not a date.
  bool read(Text text, UnixSeconds& time) noexcept {
    const bool is_usual =
        (text.size() == 20 && text[19] == 'Z') || (text.size() == 24 && text.substr(19) == ".000Z");
    return is_usual && read_usual(text.data(), time) ? true : read_any(text, time);
  }

 private:
  static constexpr std::size_t day_size = 11;  ///< `2026-06-01T`

  /// A day seen before, and a time of that day.
  bool read_usual(const char* text, UnixSeconds& time) const noexcept {
    const Day& day = days_[slot_of(text)];
    if (std::memcmp(day.text, text, day_size) != 0) return false;
    const char* const clock = text + day_size;
    const auto two = [clock](std::size_t at) {
      const unsigned tens = static_cast<unsigned char>(clock[at]) - unsigned{'0'};
      const unsigned ones = static_cast<unsigned char>(clock[at + 1]) - unsigned{'0'};
      return tens > 9 || ones > 9 ? 100U : tens * 10 + ones;
    };
    const unsigned hour = two(0);
    const unsigned minute = two(3);
    const unsigned second = two(6);
    if (hour > 23 || minute > 59 || second > 59 || clock[2] != ':' || clock[5] != ':') return false;
    time = day.midnight + (UnixSeconds{hour} * 60 + minute) * 60 + second;
    return true;
  }

  bool read_any(Text text, UnixSeconds& time) noexcept {
    if (text.size() == size_ && size_ != 0 && std::memcmp(text.data(), text_, size_) == 0) {
      time = time_;
      return true;
    }
    const auto parsed = parse_time(text);
    if (!parsed) return false;
    time = *parsed;
    size_ = 0;
    if (text.size() <= sizeof text_) {
      std::memcpy(text_, text.data(), text.size());
      size_ = text.size();
      time_ = time;
    }
    if (text.size() > day_size && text[day_size - 1] == 'T') {
      if (const auto midnight = parse_time(text.substr(0, day_size - 1))) {
        Day& day = days_[slot_of(text.data())];
        std::memcpy(day.text, text.data(), day_size);
        day.midnight = *midnight;
      }
    }
    return true;
  }

  /// By the two digits of the day of the month.
  static std::size_t slot_of(const char* text) noexcept {
    return (static_cast<unsigned char>(text[8]) * 10U + static_cast<unsigned char>(text[9])) % 64U;
  }

  struct Day {
    char text[day_size] = {};
    UnixSeconds midnight = 0;
  };
  std::array<Day, 64> days_;
  char text_[40] = {};
  std::size_t size_ = 0;
  UnixSeconds time_ = 0;
};

/// Reads an amount. True also for an empty text, which leaves `number` null.
inline bool read_amount(Text text, std::string_view column, Scratch& scratch, Number& number,
                        RowFault& fault) {
  if (text.empty() || read_number(text, scratch, number)) return true;
  return fault.say(column, shown(text) + " is not a number that can be held exactly");
}

/// Writes a computed amount without the zeros that a product has at its end.
inline Number computed(const Decimal& value, Scratch& scratch) {
  Number number = make_number(value, scratch);
  if (value.scale == 0) return number;
  while (number.text.ends_with('0')) number.text.remove_suffix(1);
  if (number.text.ends_with('.')) number.text.remove_suffix(1);
  if (number.text == "-0") number.text = "0";
  return number;
}

/// Equal in value, without the divisions that comparing decimals of different scale may need.
inline bool same_amount(const Decimal& a, const Decimal& b) noexcept {
  const auto difference = subtract(a, b);
  return difference ? difference->is_zero() : a == b;
}

}  // namespace billow::normalize::aws
