#pragma once

#include <algorithm>
#include <cstddef>

namespace billow::elastic {

/// How many bulk requests may be in flight. Halves with every throttled answer, to no less than
/// one, and grows back by one after a run of clean ones. It never falls by itself, and 429s of
/// single items count as much as those of requests.
class ConcurrencyLimit {
 public:
  static constexpr int clean_run =
      8;  ///< clean answers in a row that earn one more request in flight

  explicit ConcurrencyLimit(std::size_t most)
      : most_(std::max<std::size_t>(most, 1)), limit_(most_) {}

  std::size_t limit() const noexcept { return limit_; }
  void on_throttled() noexcept {
    limit_ = std::max<std::size_t>(limit_ / 2, 1);
    clean_ = 0;
  }
  void on_clean() noexcept {
    if (limit_ == most_ || ++clean_ < clean_run) return;
    ++limit_;
    clean_ = 0;
  }

 private:
  std::size_t most_;
  std::size_t limit_;
  int clean_ = 0;
};

}  // namespace billow::elastic
