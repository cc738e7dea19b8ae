#pragma once

#include <chrono>
#include <optional>

namespace billow::daemon {

/// When the log is told that something is not well: as soon as it is not, then once in a while for
/// as long as it lasts, however its reasons change. Pure: time is given.
class OutageNotice {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit OutageNotice(std::chrono::seconds interval) : interval_(interval) {}

  /// It is not well at `now`: true when that is to be told.
  bool is_due(TimePoint now) {
    if (told_ && now - *told_ < interval_) return false;
    told_ = now;
    return true;
  }

  /// It is well: the next outage is told at once.
  void end() noexcept { told_.reset(); }

 private:
  std::chrono::seconds interval_;
  std::optional<TimePoint> told_;
};

}  // namespace billow::daemon
