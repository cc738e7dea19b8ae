#include "rollup/runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::rollup {
namespace {

using ::testing::HasSubstr;

RunnerFacts facts(bool node, bool allowed) {
  RunnerFacts facts;
  facts.transform_node = node;
  facts.manage_transform = allowed;
  return facts;
}

std::vector<Definition> with_tag(const std::string& tag) {
  return shipped_definitions({tag}).value();
}

TEST(Runner, TakesTransformsWhereThereIsANodeAndTheUserMay) {
  const Runner runner = choose_runner(RunnerWish::automatic, facts(true, true), {}).value();
  EXPECT_TRUE(runner.transforms);
  EXPECT_FALSE(runner.strict);
  EXPECT_EQ(runner.told, "by transforms");
}

TEST(Runner, SaysWhyItIsTheDaemon) {
  const Runner nobody = choose_runner(RunnerWish::automatic, facts(false, true), {}).value();
  EXPECT_FALSE(nobody.transforms);
  EXPECT_THAT(nobody.told, HasSubstr("by the daemon: no node"));
  EXPECT_THAT(choose_runner(RunnerWish::automatic, facts(true, false), {}).value().told,
              HasSubstr("manage_transform"));
}

TEST(Runner, IsTheDaemonWhereThatIsAskedFor) {
  const Runner runner = choose_runner(RunnerWish::daemon, facts(true, true), {}).value();
  EXPECT_FALSE(runner.transforms);
  EXPECT_EQ(runner.told, "by the daemon");
}

TEST(Runner, NobodyStepsInForATransformThatIsAskedFor) {
  EXPECT_TRUE(choose_runner(RunnerWish::transform, facts(true, true), {}).value().strict);
  EXPECT_EQ(choose_runner(RunnerWish::transform, facts(false, true), {}).error().code,
            Errc::bad_config);
  EXPECT_EQ(choose_runner(RunnerWish::transform, facts(true, false), {}).error().code,
            Errc::unauthorized);
}

TEST(Runner, NamesTheRollupThatTransformsCannotMake) {
  const auto definitions = with_tag("user.team");
  const Runner runner =
      choose_runner(RunnerWish::automatic, facts(true, true), definitions).value();
  EXPECT_TRUE(runner.transforms);
  EXPECT_THAT(runner.told, HasSubstr("billow-daily by the daemon"));
  EXPECT_THAT(choose_runner(RunnerWish::transform, facts(true, true), definitions).error().detail,
              HasSubstr("'user.team'"));
}

}  // namespace
}  // namespace billow::rollup
