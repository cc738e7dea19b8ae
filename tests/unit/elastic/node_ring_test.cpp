#include "elastic/node_ring.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using namespace std::chrono_literals;
constexpr NodeRing::TimePoint start{1'000s};

TEST(NodeRing, AsksNodesInTurn) {
  NodeRing ring(3);
  for (const std::size_t expected : {0u, 1u, 2u, 0u, 1u}) EXPECT_EQ(ring.pick(start), expected);
}

TEST(NodeRing, LeavesOutANodeThatFailedUntilItHasRested) {
  NodeRing ring(2);
  ring.failed(0, start);
  EXPECT_EQ(ring.pick(start), 1u);
  EXPECT_EQ(ring.pick(start + 999ms), 1u);
  EXPECT_EQ(ring.pick(start + 1s), 0u);
}

TEST(NodeRing, RestsTwiceAsLongAfterEachFailureUpToAMinute) {
  NodeRing ring(2);
  ring.failed(0, start);
  ring.failed(0, start);
  EXPECT_EQ(ring.pick(start + 1'999ms), 1u);
  EXPECT_EQ(ring.pick(start + 2s), 0u);
  for (int i = 0; i < 100; ++i) ring.failed(0, start);
  ring.pick(start);
  EXPECT_EQ(ring.pick(start + 59s), 1u);
  EXPECT_EQ(ring.pick(start + 60s), 0u);
}

TEST(NodeRing, ForgetsFailuresAfterOneSuccess) {
  NodeRing ring(2);
  for (int i = 0; i < 5; ++i) ring.failed(0, start);
  ring.succeeded(0);
  EXPECT_EQ(ring.pick(start), 0u);
  ring.failed(0, start);
  EXPECT_EQ(ring.pick(start), 1u);
  EXPECT_EQ(ring.pick(start + 1s), 0u);
}

TEST(NodeRing, AsksTheOneThatIsReadySoonestWhenAllRest) {
  NodeRing ring(3);
  for (const std::size_t node : {0u, 0u, 1u, 2u, 2u}) ring.failed(node, start);
  EXPECT_EQ(ring.pick(start), 1u);
  NodeRing alone(1);
  alone.failed(0, start);
  EXPECT_EQ(alone.pick(start), 0u);
}

}  // namespace
}  // namespace billow::elastic
