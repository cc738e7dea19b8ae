#include "elastic/node_ring.hpp"

#include <algorithm>

namespace billow::elastic {

using namespace std::chrono_literals;

namespace {
constexpr auto rest_base = 1s;
constexpr auto rest_cap = 60s;
constexpr int doublings_max = 6;  // 64 s is beyond the cap
}  // namespace

std::size_t NodeRing::pick(TimePoint now) {
  std::size_t best = next_;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::size_t node = (next_ + i) % nodes_.size();
    if (nodes_[node].rests_until <= now) {
      best = node;
      break;
    }
    if (nodes_[node].rests_until < nodes_[best].rests_until) best = node;
  }
  next_ = (best + 1) % nodes_.size();
  return best;
}

void NodeRing::succeeded(std::size_t node) { nodes_[node] = Node{}; }

void NodeRing::failed(std::size_t node, TimePoint now) {
  Node& n = nodes_[node];
  const int doublings = std::min(n.failures, doublings_max);
  ++n.failures;
  n.rests_until = now + std::min<std::chrono::seconds>(rest_cap, rest_base * (1 << doublings));
}

}  // namespace billow::elastic
