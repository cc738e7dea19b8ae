#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace billow::daemon {

/// How often what moves is drawn anew on a terminal, and printed where there is none.
inline constexpr std::chrono::milliseconds redraw_interval{100};
inline constexpr std::chrono::seconds plain_interval{5};
/// A rate over less is noise.
inline constexpr std::chrono::milliseconds rate_after{500};

/// Standard error: log lines, and below them, on a terminal, lines that are drawn anew in place.
/// Any thread.
/// A reader that has stopped reading holds the program up once, for two seconds; then lines are
/// lost, not bills.
class Terminal {
 public:
  /// `fd` is borrowed.
  explicit Terminal(int fd);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// True when the lines of set_status() are shown.
  bool interactive() const noexcept { return interactive_; }
  /// Prints text that ends in a newline, above the status lines.
  void print(std::string_view text);
  /// Replaces the status lines. Each is cut to the width of the terminal. Nothing happens without a
  /// terminal.
  void set_status(std::vector<std::string> lines);

 private:
  void write(std::string_view bytes);
  std::string erase() const;
  std::string draw() const;

  std::mutex mutex_;
  int fd_;
  bool interactive_;
  bool stuck_ = false;  ///< nobody takes what is written: what cannot go at once is dropped
  std::vector<std::string> status_;
};

/// Columns of the terminal behind `fd`; 0 when it is none.
std::size_t terminal_width(int fd);

}  // namespace billow::daemon
