#pragma once

#include "base/limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace billow::elastic {

/// How many bulk requests may be in flight. Halves with every throttled answer, of a request or of
/// a single item, and when answers take several times as long as they did: a cluster that is short
/// of something slows down long before it throttles, and has others to serve. Never less than one;
/// grows back by one after a run of clean answers at the usual pace. A cluster that stays slow
/// becomes the usual after some dozens of answers.
class ConcurrencyLimit {
 public:
  static constexpr int clean_run =
      8;  ///< clean answers in a row that earn one more request in flight
  static constexpr double slow = 3;  ///< times the usual time of an answer, by size
  /// Answers to less tell nothing of the cluster's pace: the time they take is none of their size.
  static constexpr std::size_t telling_bytes = 256 * limits::KiB;

  explicit ConcurrencyLimit(std::size_t most)
      : most_(std::max<std::size_t>(most, 1)), limit_(most_) {}

  std::size_t limit() const noexcept { return limit_; }
  void on_throttled() noexcept { halve(); }
  /// An answer without trouble that took `latency`, to a request of `bytes` uncompressed.
  void on_clean(std::chrono::nanoseconds latency, std::size_t bytes) noexcept {
    if (bytes >= telling_bytes) follow(static_cast<double>(latency.count()) / double(bytes));
    ++clean_;
    if (recent_ > slow * usual_) {
      // What was decided last needs a run of answers to show its effect.
      if (clean_ >= clean_run) halve();
    } else if (clean_ >= clean_run && limit_ < most_) {
      ++limit_;
      clean_ = 0;
    }
  }

 private:
  void halve() noexcept {
    limit_ = std::max<std::size_t>(limit_ / 2, 1);
    clean_ = 0;
  }
  void follow(double pace) noexcept {
    if (usual_ == 0) recent_ = usual_ = pace;
    recent_ += (pace - recent_) / 4;
    usual_ += (pace - usual_) / 32;
  }

  std::size_t most_;
  std::size_t limit_;
  int clean_ = 0;      ///< clean answers since the limit changed
  double recent_ = 0;  ///< nanoseconds a byte over the last few answers; 0: none yet
  double usual_ = 0;   ///< the same over the last few dozens
};

}  // namespace billow::elastic
