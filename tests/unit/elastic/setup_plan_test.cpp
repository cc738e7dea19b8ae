#include "elastic/setup_plan.hpp"

#include "charge/charge.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace billow::elastic {
namespace {

using Action = SetupStep::Action;

const embedded::File files[] = {
    {"index/billow-a.json", R"({"version":3,"_meta":{},"index_patterns":["a-*"]})"},
    {"component/billow-s.json",
     R"({"version":2,"_meta":{},"template":{"settings":{"index":{"auto_expand_replicas":"0-1"}}}})"},
};

std::vector<SetupStep> plan(int replicas, const std::string& components = "{}",
                            const std::string& indices = "{}") {
  InstalledTemplates installed;
  EXPECT_TRUE(read_installed(components, installed));
  EXPECT_TRUE(read_installed(indices, installed));
  return plan_templates(files, replicas, installed).value();
}

std::string component(int version, int replicas) {
  return R"({"component_templates":[{"name":"billow-s","component_template":{"version":)" +
         std::to_string(version) + R"(,"_meta":{"replicas":)" + std::to_string(replicas) +
         R"(},"template":{}}}]})";
}

TEST(SetupPlan, CreatesComponentsBeforeTheTemplatesThatNeedThem) {
  const auto steps = plan(1);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].path, "/_component_template/billow-s");
  EXPECT_EQ(steps[1].path, "/_index_template/billow-a");
  for (const SetupStep& step : steps) {
    EXPECT_EQ(step.action, Action::create);
    EXPECT_EQ(step.method, "PUT");
    EXPECT_EQ(step.installed, 0);
  }
  EXPECT_EQ(steps[0].version, 2);
}

TEST(SetupPlan, UpgradesByVersionAndLeavesNewerOnesAlone) {
  EXPECT_EQ(plan(1, component(1, 1))[0].action, Action::upgrade);
  EXPECT_EQ(plan(1, component(2, 1))[0].action, Action::unchanged);
  EXPECT_EQ(plan(1, component(3, 1))[0].action, Action::newer);
  EXPECT_EQ(plan(1, component(3, 1))[0].installed, 3);
  EXPECT_EQ(plan(1, "{}",
                 R"({"index_templates":[{"name":"billow-a","index_template":{"version":2}}]})")[1]
                .action,
            Action::upgrade);
}

TEST(SetupPlan, PutsTheNumberOfReplicasIntoTheSettings) {
  const auto index_settings = [](int replicas) {
    rapidjson::Document body;
    body.Parse(plan(replicas)[0].body.c_str());
    EXPECT_EQ(body["_meta"]["replicas"].GetInt(), replicas);
    rapidjson::Document settings;
    settings.CopyFrom(body["template"]["settings"]["index"], settings.GetAllocator());
    return settings;
  };
  EXPECT_STREQ(index_settings(1)["auto_expand_replicas"].GetString(), "0-1");
  EXPECT_EQ(index_settings(2)["number_of_replicas"].GetInt(), 2);
  EXPECT_FALSE(index_settings(2).HasMember("auto_expand_replicas"));
  EXPECT_EQ(index_settings(0)["number_of_replicas"].GetInt(), 0);
}

TEST(SetupPlan, UpgradesWhenOnlyTheNumberOfReplicasChanges) {
  EXPECT_EQ(plan(2, component(2, 1))[0].action, Action::upgrade);
  EXPECT_EQ(plan(2, component(2, 2))[0].action, Action::unchanged);
}

TEST(SetupPlan, RefusesAListOfTemplatesItCannotRead) {
  InstalledTemplates installed;
  EXPECT_FALSE(read_installed("<html>", installed));
  EXPECT_FALSE(read_installed(R"({"component_templates":[{"name":"x"}]})", installed));
}

/// The mapping of one shipped component template.
rapidjson::Document shipped(const std::string& name) {
  rapidjson::Document body;
  for (const embedded::File& file : embedded::es_templates()) {
    if (file.name == name) body.Parse(file.text.data(), file.text.size());
  }
  EXPECT_TRUE(body.IsObject()) << name;
  return body;
}

TEST(StatePlan, CreatesTheIndexThatIsAbsent) {
  const SetupStep step = plan_state_index(std::nullopt).value();
  EXPECT_EQ(step.action, Action::create);
  EXPECT_EQ(step.method + " " + step.path, "PUT /billow-state");
  EXPECT_EQ(step.installed, 0);
}

TEST(StatePlan, LeavesAnIndexWithItsRegisterAlone) {
  const SetupStep step =
      plan_state_index(
          R"({"billow-state":{"aliases":{"billow-epoch-a-3":{},"billow-feeds-1":{}}}})")
          .value();
  EXPECT_EQ(step.action, Action::unchanged);
  EXPECT_EQ(step.installed, step.version);
}

TEST(StatePlan, PutsTheRegisterBackAtTheNumberOfFeedsThatHaveAToken) {
  for (const auto& [answer, path] : std::initializer_list<std::pair<std::string, std::string>>{
           {"{}", "/billow-state/_alias/billow-feeds-0"},
           {R"({"billow-state":{"aliases":{}}})", "/billow-state/_alias/billow-feeds-0"},
           {R"({"billow-state":{"aliases":{"billow-epoch-a-3":{},"billow-epoch-b-2-7":{}}}})",
            "/billow-state/_alias/billow-feeds-2"}}) {
    const SetupStep step = plan_state_index(answer).value();
    EXPECT_EQ(step.action, Action::create) << answer;
    EXPECT_EQ(step.method + " " + step.path, "PUT " + path) << answer;
  }
}

TEST(StatePlan, RefusesAnAnswerItCannotRead) {
  EXPECT_EQ(plan_state_index("<html>").error().code, Errc::malformed);
}

TEST(Templates, EachHasAVersionAndIsMarkedAsOurs) {
  ASSERT_FALSE(embedded::es_templates().empty());
  for (const embedded::File& file : embedded::es_templates()) {
    const rapidjson::Document body = shipped(std::string(file.name));
    EXPECT_TRUE(body["version"].IsInt()) << file.name;
    EXPECT_STREQ(body["_meta"]["managed_by"].GetString(), "billow") << file.name;
    if (!file.name.starts_with("index/")) continue;
    EXPECT_GE(body["priority"].GetInt(), 200) << file.name;
  }
}

TEST(Templates, MapEveryColumnOfACharge) {
  const rapidjson::Document body = shipped("component/billow-charges-mappings.json");
  const rapidjson::Value& columns = body["template"]["mappings"]["properties"];
  const auto type_of = [&columns](std::string_view name) -> std::string {
    const auto found = columns.FindMember(std::string(name).c_str());
    return found == columns.MemberEnd() ? "" : found->value["type"].GetString();
  };
  for (std::size_t i = 0; i < text_columns; ++i) {
    const auto column = static_cast<TextColumn>(i);
    const std::string type = type_of(name_of(column));
    const bool fits = is_json(column) ? type == "flattened" || type == "object" : type == "keyword";
    EXPECT_TRUE(fits) << name_of(column) << " is " << type;
  }
  for (std::size_t i = 0; i < number_columns; ++i) {
    EXPECT_EQ(type_of(name_of(static_cast<NumberColumn>(i))), "double");
  }
  for (const char* date : {"@timestamp", "BillingPeriodStart", "BillingPeriodEnd",
                           "ChargePeriodStart", "ChargePeriodEnd"}) {
    EXPECT_EQ(type_of(date), "date") << date;
  }
  EXPECT_EQ(type_of("Tags"), "flattened");
  EXPECT_EQ(columns.MemberCount(), text_columns + number_columns + 5 + 1);
}

}  // namespace
}  // namespace billow::elastic
