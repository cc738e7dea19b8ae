#include "daemon/schedule.hpp"

#include <algorithm>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr double jitter = 0.1;
constexpr milliseconds first_retry = 30s;
constexpr milliseconds retry_cap_min = 5min;
constexpr milliseconds retry_cap_max = 1h;
constexpr int doublings_max = 20;  ///< keeps the shift small; 30 s * 2^20 is a year

milliseconds scaled(milliseconds duration, double factor) {
  return milliseconds(
      static_cast<milliseconds::rep>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

milliseconds Schedule::after_pass(bool success, double draw) {
  if (success) {
    failures_ = 0;
    return scaled(every_, 1 - jitter + 2 * jitter * draw);
  }
  const milliseconds base = std::min<milliseconds>(first_retry, every_);
  const milliseconds cap = std::clamp<milliseconds>(every_, retry_cap_min, retry_cap_max);
  const milliseconds wait = std::min(base * (1 << std::min(failures_, doublings_max)), cap);
  ++failures_;
  return scaled(wait, 1 - 0.5 * draw);
}

milliseconds Schedule::after_pass_elsewhere(bool success, milliseconds age, double draw) {
  // The age comes of two clocks, which may disagree.
  const milliseconds past = std::max(age, milliseconds(0));
  return std::max(after_pass(success, draw) - past, milliseconds(0));
}

}  // namespace billow::daemon
