#include "elastic/setup.hpp"

#include "../run_task.hpp"
#include "elastic/publication.hpp"
#include "engine.hpp"

#include <algorithm>

namespace billow::elastic {
namespace {

using Action = SetupStep::Action;

class Setup : public EngineTest {
 protected:
  std::vector<SetupStep> plan() {
    auto steps = run_task(plan_setup(cluster(), parts()));
    EXPECT_TRUE(steps) << (steps ? "" : steps.error().detail);
    return steps ? *std::move(steps) : std::vector<SetupStep>{};
  }
  static const SetupStep& step_for(const std::vector<SetupStep>& steps, const std::string& path) {
    return *std::find_if(steps.begin(), steps.end(),
                         [&](const SetupStep& step) { return step.path == path; });
  }
  /// Installs one of our templates again under another version.
  void pretend_version(const SetupStep& step, int version) {
    std::string body = step.body;
    const std::string ours = R"("version":)" + std::to_string(step.version);
    body.replace(body.find(ours), ours.size(), R"("version":)" + std::to_string(version));
    ask("PUT", step.path, body);
  }
};

TEST_F(Setup, ChangesNothingTheSecondTime) {
  install();
  const auto steps = plan();
  ASSERT_EQ(steps.size(), 11u);
  for (const SetupStep& step : steps) {
    EXPECT_EQ(step.action, Action::unchanged) << step.path;
    EXPECT_EQ(step.installed, step.version) << step.path;
  }
}

TEST_F(Setup, UpgradesAnOlderTemplateAndLeavesANewerOneAlone) {
  install();
  const std::string path = "/_component_template/billow-charges-settings";
  const SetupStep ours = step_for(plan(), path);
  pretend_version(ours, 0);
  EXPECT_EQ(step_for(plan(), path).action, Action::upgrade);
  install();
  EXPECT_EQ(step_for(plan(), path).action, Action::unchanged);

  pretend_version(ours, 900);
  EXPECT_EQ(step_for(plan(), path).action, Action::newer);
  install();
  EXPECT_EQ(step_for(plan(), path).installed, 900);
  pretend_version(ours, ours.version);
}

TEST_F(Setup, TellsWhatAnUpgradeChanges) {
  install();
  const std::string path = "/_component_template/billow-charges-settings";
  const SetupStep ours = step_for(plan(), path);
  ask("PUT", path,
      R"({"version":0,"_meta":{"managed_by":"billow"},"template":{"settings":{"index":{"refresh_interval":"5s","number_of_shards":1}}}})");
  const std::vector<std::string> changes = step_for(plan(), path).changes;
  const auto says = [&changes](const char* line) {
    return std::find(changes.begin(), changes.end(), line) != changes.end();
  };
  EXPECT_TRUE(says("~ template.settings.index.refresh_interval: 5s -> 30s"));
  EXPECT_TRUE(says("+ template.settings.index.codec: best_compression"));
  EXPECT_TRUE(says("~ version: 0 -> 1"));
  for (const std::string& change : changes)
    EXPECT_EQ(change.find("number_of_shards"), std::string::npos) << "1 and \"1\" are the same";
  install();
}

TEST_F(Setup, PutsALostRegisterOfFeedsBack) {
  install();
  ASSERT_TRUE(run_task(read_token(cluster(), feed())));
  ask("DELETE", "/billow-state/_alias/billow-feeds-*");
  const auto lost = run_task(read_token(cluster(), feed() + "-other"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::malformed);
  install();
  EXPECT_EQ(run_task(read_token(cluster(), feed() + "-other")).value(), 0u);
  EXPECT_EQ(run_task(read_token(cluster(), feed())).value(), 0u) << "tokens stay";
  for (const SetupStep& step : plan()) EXPECT_EQ(step.action, Action::unchanged) << step.path;
}

TEST_F(Setup, ComposesTheTemplatesIntoAnIndexOfCharges) {
  install();
  const std::string merged =
      ask("POST", "/_index_template/_simulate_index/billow-charges-x-2026-06");
  for (const char* piece :
       {R"("BilledCost":{"type":"double","index":false})", R"("x_SliceId":{"type":"keyword")",
        R"("Tags":{"type":"flattened")", R"("ignore_dynamic_beyond_limit":"true")",
        R"("auto_expand_replicas":"0-1")", R"("refresh_interval":"30s")"}) {
    EXPECT_NE(merged.find(piece), std::string::npos) << piece;
  }
  EXPECT_NE(merged.find(R"("aliases":{})"), std::string::npos) << "a new index must not be visible";
}

TEST_F(Setup, LetsASiteAddItsOwnSettings) {
  install();
  ask("PUT", "/_component_template/billow@custom",
      R"({"template":{"settings":{"index":{"refresh_interval":"7s"}}}})");
  const std::string merged =
      ask("POST", "/_index_template/_simulate_index/billow-charges-x-2026-06");
  EXPECT_NE(merged.find(R"("refresh_interval":"7s")"), std::string::npos);
  ask("PUT", "/_component_template/billow@custom", R"({"template":{}})");
}

TEST_F(Setup, FindsOutWhatTheEngineLacks) {
  const auto abilities = run_task(cluster().abilities());
  ASSERT_TRUE(abilities) << abilities.error().detail;
  EXPECT_TRUE(abilities->version.starts_with("8.") || abilities->version.starts_with("9."))
      << abilities->version;
}

}  // namespace
}  // namespace billow::elastic
