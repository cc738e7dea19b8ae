#pragma once

#include "normalize/amounts.hpp"
#include "normalize/row_fault.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace billow::normalize::aws {

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

}  // namespace billow::normalize::aws
