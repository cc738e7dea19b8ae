#pragma once

#include "sync/feed_sync.hpp"

#include <chrono>
#include <cstdint>

namespace billow::sync {

/// Tells an observer how far the work on one delivery is, and takes the time of its phases.
/// `observer` and `outcome`, whose record names the delivery, must outlive it.
class PhaseWatch {
 public:
  PhaseWatch(Observer& observer, DeliveryOutcome& outcome)
      : observer_(observer), outcome_(outcome) {}

  /// Adds the time until it goes out of scope to one phase of an outcome.
  class Timer {
   public:
    Timer(DeliveryOutcome& outcome, Phase phase) : outcome_(outcome), phase_(phase) {}
    ~Timer() { outcome_.durations[phase_] += std::chrono::steady_clock::now() - start_; }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

   private:
    DeliveryOutcome& outcome_;
    Phase phase_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  };
  [[nodiscard]] Timer time(Phase phase) { return {outcome_, phase}; }

  void show(Phase phase);
  /// Counts anew what is read, out of `bytes_total`.
  void begin_reading(std::uint64_t bytes_total);
  void show_read(Phase phase, std::uint64_t bytes, std::uint64_t rows, std::uint64_t documents);

 private:
  Observer& observer_;
  DeliveryOutcome& outcome_;
  Progress progress_;
};

}  // namespace billow::sync
