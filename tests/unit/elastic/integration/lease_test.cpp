#include "elastic/lease.hpp"

#include "../run_task.hpp"
#include "engine.hpp"

namespace billow::elastic {
namespace {

class LeaseOnAnEngine : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    install();
  }
  void TearDown() override {
    if (!IsSkipped()) ask("DELETE", "/billow-state/_doc/lease-" + feed());
    EngineTest::TearDown();
  }
  Lease lease(const std::string& holder, std::uint64_t beat = 1) const {
    Lease made;
    made.feed = feed();
    made.holder.name = holder;
    made.renewed_at = "2026-06-01T00:00:00Z";
    made.beat = beat;
    return made;
  }
};

TEST_F(LeaseOnAnEngine, OneOfTwoCreatorsGetsIt) {
  ASSERT_TRUE(run_task(write_lease(cluster(), lease("a:1:x"), std::nullopt)));
  const auto second = run_task(write_lease(cluster(), lease("b:1:y"), std::nullopt));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  const auto stored = run_task(read_lease(cluster(), feed())).value();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->lease.holder.name, "a:1:x");
}

TEST_F(LeaseOnAnEngine, AnOldVersionCannotBeReplaced) {
  const auto first = run_task(write_lease(cluster(), lease("a:1:x"), std::nullopt));
  const auto over = run_task(write_lease(cluster(), lease("b:1:y", 2), *first));
  ASSERT_TRUE(over) << over.error().detail;
  const auto late = run_task(write_lease(cluster(), lease("a:1:x", 2), *first));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_TRUE(run_task(write_lease(cluster(), lease("b:1:y", 3), *over)));
}

}  // namespace
}  // namespace billow::elastic
