#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace billow::elastic {

/// Which node gets the next request: all in turn, except those that failed lately. A failed node
/// rests for a second, then two, up to a minute; one success ends that. Pure: time is an argument.
class NodeRing {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit NodeRing(std::size_t nodes) : nodes_(nodes) {}

  /// The node to ask now. When all rest, the one that has rested longest of what it must.
  std::size_t pick(TimePoint now);
  void succeeded(std::size_t node);
  void failed(std::size_t node, TimePoint now);

 private:
  struct Node {
    int failures = 0;
    TimePoint rests_until{};
  };
  std::vector<Node> nodes_;
  std::size_t next_ = 0;
};

}  // namespace billow::elastic
