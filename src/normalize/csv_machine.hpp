#pragma once

#include <cstdint>

namespace billow::normalize {

/// Reads CSV (RFC 4180) one character at a time and says what each one means. It also defines what
/// the odd cases mean, as Python's csv module does: a quote within an unquoted field stands for
/// itself (`12" disk`), and what follows a closing quote is added to the field (`"ab"c` is `abc`).
/// A carriage return is a character like any other; whoever takes the row drops one in front of its
/// line feed.
class CsvMachine {
 public:
  enum class Event : std::uint8_t { none, put, field_end, row_end };

  bool is_in_quotes() const noexcept { return state_ == State::quoted; }

  Event step(char c) noexcept {
    if (state_ == State::quoted) {
      if (c != '"') return Event::put;
      state_ = State::closing;
      return Event::none;
    }
    if (c == '"') {
      const State before = state_;
      if (before == State::plain) return Event::put;
      state_ = State::quoted;
      return before == State::closing ? Event::put : Event::none;
    }
    if (c == ',' || c == '\n') {
      state_ = State::start;
      return c == ',' ? Event::field_end : Event::row_end;
    }
    state_ = State::plain;
    return Event::put;
  }

 private:
  enum class State : std::uint8_t {
    start,  ///< of a field
    plain,  ///< in an unquoted field, or behind the closing quote of another
    quoted,
    closing,  ///< behind a quote in a quoted field: its end, or the first half of a doubled quote
  };
  State state_ = State::start;
};

}  // namespace billow::normalize
