#pragma once

#include "base/limits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace billow::fetch {

/// How often and how patiently a request is repeated, and how slowly its answer may come.
struct RetryPolicy {
  int attempts_max = limits::fetch_attempts_max;
  std::chrono::milliseconds first{500};   ///< the longest first pause; doubles with every failure
  std::chrono::milliseconds cap{20'000};  ///< no pause is longer, whatever the peer asks for
  std::chrono::milliseconds window = limits::fetch_window;  ///< see Pace
  std::size_t window_bytes_min = limits::fetch_window_bytes_min;
};

/// Full jitter: each pause is drawn evenly from nothing to the current bound, so that clients which
/// failed together do not return together.
class Backoff {
 public:
  Backoff(RetryPolicy policy, std::uint64_t seed) : policy_(policy), engine_(seed) {}

  /// The pause before the next try, at least `asked` (Retry-After) within the cap, or nullopt when
  /// enough tries were made.
  std::optional<std::chrono::milliseconds> next(std::chrono::milliseconds asked = {});
  /// After progress: the count starts anew.
  void reset() noexcept { failures_ = 0; }

 private:
  RetryPolicy policy_;
  std::mt19937_64 engine_;
  int failures_ = 0;
};

/// Judges whether the bytes of one object come fast enough to be waited for: in every window of
/// time that was spent waiting for them. A peer that sends a byte now and then never stands still.
class Pace {
 public:
  explicit Pace(RetryPolicy policy) : policy_(policy) {}

  /// After `waited`, `bytes` had come. True when that ended a window in which there were too few.
  bool is_too_slow(std::chrono::nanoseconds waited, std::size_t bytes) noexcept;
  /// The windows in succession, up to the latest, in which there were too few.
  int slow_windows() const noexcept { return slow_windows_; }

 private:
  RetryPolicy policy_;
  std::chrono::nanoseconds waited_{};
  std::size_t bytes_ = 0;
  int slow_windows_ = 0;
};

/// A seed that differs between calls and processes.
std::uint64_t random_seed();

}  // namespace billow::fetch
