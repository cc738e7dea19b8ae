#pragma once

#include "daemon/terminal.hpp"
#include "proof/scope.hpp"

#include <chrono>
#include <string>

namespace billow::daemon {

/// "audit chain: 1,200 of 40,000 records  300 records/s". Pure.
std::string describe(const proof::Progress& progress, std::chrono::milliseconds elapsed);

/// Shows how far a walk is: one line that is redrawn on a terminal, else a plain line every few
/// seconds. Who waits for the walk takes the line away. On the io thread.
class WalkProgress {
 public:
  using Clock = std::chrono::steady_clock;

  explicit WalkProgress(Terminal& terminal) : terminal_(terminal) {}

  void show(const proof::Progress& progress, Clock::time_point now = Clock::now());

 private:
  Terminal& terminal_;
  std::string what_;
  Clock::time_point started_{};
  Clock::time_point shown_{};
};

}  // namespace billow::daemon
