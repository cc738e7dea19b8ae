#pragma once

#include <chrono>

namespace billow::daemon {

/// When a feed is looked at again. Pure: time and chance are given.
class Schedule {
 public:
  explicit Schedule(std::chrono::seconds every) : every_(every) {}

  /// The wait after a pass. `draw` is a random number in 0..1. After a good one: `every`, give or
  /// take 10 %, so that many feeds and daemons do not ask at the same moment. After a failure: 30 s
  /// (`every`, if that is shorter), then twice as long each time up to `every`, but to no less than
  /// 5 minutes and no more than an hour, less up to half of it by chance: a daily feed does not
  /// wait for hours once Elasticsearch is back.
  std::chrono::milliseconds after_pass(bool success, double draw);

  /// The wait after a pass of another daemon that ended `age` ago: as after one of ours then.
  std::chrono::milliseconds after_pass_elsewhere(bool success, std::chrono::milliseconds age,
                                                 double draw);

  int failures() const noexcept { return failures_; }  ///< in a row

 private:
  std::chrono::seconds every_;
  int failures_ = 0;
};

}  // namespace billow::daemon
