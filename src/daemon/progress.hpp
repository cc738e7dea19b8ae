#pragma once

#include "daemon/terminal.hpp"
#include "sync/feed_sync.hpp"

#include <chrono>
#include <map>
#include <string>

namespace billow::daemon {

/// One line about the work on a delivery: phase, rows, megabytes, rate and the time that is left.
/// `elapsed` counts from the start of the phase. Pure.
std::string describe(const sync::Progress& progress, std::chrono::milliseconds elapsed);

/// Shows how far each feed is: a line a feed that is redrawn on a terminal, else a plain line every
/// few seconds. On the io thread.
class ProgressDisplay {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ProgressDisplay(Terminal& terminal) : terminal_(terminal) {}

  void show(const sync::Progress& progress, Clock::time_point now = Clock::now());
  /// Takes the line of a feed away.
  void finish(const std::string& feed);

 private:
  struct Line {
    sync::Progress progress;
    Clock::time_point phase_started;
    Clock::time_point printed;
  };
  void redraw(Clock::time_point now);

  Terminal& terminal_;
  std::map<std::string, Line> lines_;
  Clock::time_point drawn_{};
};

}  // namespace billow::daemon
