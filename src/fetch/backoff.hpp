#pragma once

#include "base/limits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace billow::fetch {

/// How often and how patiently a request is repeated.
struct RetryPolicy {
  int attempts_max = limits::fetch_attempts_max;
  std::chrono::milliseconds first{500};   ///< the longest first pause; doubles with every failure
  std::chrono::milliseconds cap{20'000};  ///< no pause is longer, whatever the peer asks for
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

/// A seed that differs between calls and processes.
std::uint64_t random_seed();

}  // namespace billow::fetch
