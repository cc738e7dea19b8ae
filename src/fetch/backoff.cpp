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

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace billow::fetch
