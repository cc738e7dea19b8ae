#include "fetch/backoff.hpp"

#include <algorithm>

namespace billow::fetch {

std::optional<std::chrono::milliseconds> Backoff::next(std::chrono::milliseconds asked) {
  if (++failures_ >= policy_.attempts_max) return std::nullopt;
  const int doublings = std::min(failures_ - 1, 20);
  const auto bound = std::min(policy_.cap, policy_.first * (std::int64_t{1} << doublings));
  std::uniform_int_distribution<std::int64_t> pause(0, bound.count());
  return std::max(std::chrono::milliseconds(pause(engine_)), std::min(asked, policy_.cap));
}

bool Pace::is_too_slow(std::chrono::nanoseconds waited, std::size_t bytes) noexcept {
  waited_ += waited;
  bytes_ += bytes;
  if (waited_ < policy_.window) return false;
  const bool slow = bytes_ < policy_.window_bytes_min;
  slow_windows_ = slow ? slow_windows_ + 1 : 0;
  waited_ = {};
  bytes_ = 0;
  return slow;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace billow::fetch
