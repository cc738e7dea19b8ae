#include "elastic/setup_plan.hpp"

#include "charge/charge.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

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

const AssetKind& kind(std::string_view folder) {
  return *std::ranges::find(asset_kinds(), folder, &AssetKind::folder);
}

std::vector<SetupStep> plan(int replicas, const std::string& components = "{}",
                            const std::string& indices = "{}", SetupParts parts = {}) {
  Installed installed;
  EXPECT_TRUE(read_installed(kind("component/"), components, installed));
  EXPECT_TRUE(read_installed(kind("index/"), indices, installed));
  return plan_assets(files, replicas, parts, installed).value();
}

std::string component(int version, int replicas) {
  return R"({"component_templates":[{"name":"billow-s","component_template":{"version":)" +
         std::to_string(version) + R"(,"_meta":{"managed_by":"billow","replicas":)" +
         std::to_string(replicas) + R"(},"template":{}}}]})";
}

std::string index_template(const std::string& members) {
  return R"({"index_templates":[{"name":"billow-a","index_template":{)" + members + "}}]}";
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
  EXPECT_EQ(
      plan(1, "{}", index_template(R"("version":2,"_meta":{"managed_by":"billow"})"))[1].action,
      Action::upgrade);
}

TEST(SetupPlan, GoesByTheVersionOfWhatNamesNobody) {
  EXPECT_EQ(plan(1, "{}", index_template(R"("version":1)"))[1].action, Action::upgrade);
  EXPECT_EQ(plan(1, "{}", index_template(R"("version":999)"))[1].action, Action::newer);
  EXPECT_EQ(plan(1, "{}", index_template(R"("version":2000)"))[1].action, Action::incompatible);
}

TEST(SetupPlan, ReplacesALaterVersionOnRequestWithinTheMajorVersion) {
  SetupParts parts;
  parts.downgrade = true;
  const auto steps = plan(1, component(999, 1), "{}", parts);
  EXPECT_EQ(steps[0].action, Action::downgrade);
  EXPECT_FALSE(steps[0].changes.empty());
  EXPECT_TRUE(check_steps(steps));
  EXPECT_EQ(plan(1, component(1000, 1), "{}", parts)[0].action, Action::incompatible);
}

TEST(SetupPlan, RefusesALaterMajorVersionAndNamesIt) {
  const auto steps = plan(1, component(1002, 1));
  EXPECT_EQ(steps[0].action, Action::incompatible);
  const auto checked = check_steps(steps);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::bad_config);
  EXPECT_NE(checked.error().detail.find("/_component_template/billow-s is of version 1002"),
            std::string::npos);
}

TEST(SetupPlan, ReplacesWhatBillowDidNotMakeOnRequestOnly) {
  for (const char* members : {R"("priority":3)", R"("priority":3,"_meta":{})",
                              R"("version":1,"_meta":{"managed_by":"us"})"}) {
    const std::string theirs = index_template(members);
    const auto steps = plan(1, "{}", theirs);
    EXPECT_EQ(steps[1].action, Action::foreign) << members;
    const auto checked = check_steps(steps);
    ASSERT_FALSE(checked) << members;
    EXPECT_NE(checked.error().detail.find("billow-a is there and was not made by Billow"),
              std::string::npos);
    SetupParts parts;
    parts.take_over = true;
    EXPECT_EQ(plan(1, "{}", theirs, parts)[1].action, Action::upgrade) << members;
  }
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
  Installed installed;
  EXPECT_FALSE(read_installed(kind("component/"), "<html>", installed));
  EXPECT_FALSE(read_installed(kind("lifecycle/"), "[]", installed));
  EXPECT_FALSE(
      read_installed(kind("component/"), R"({"component_templates":[{"name":"x"}]})", installed));
}

const embedded::File assets[] = {
    {"component/billow-tied.json",
     R"({"version":1,"_meta":{"requires":"lifecycle"},"template":{}})"},
    {"index/billow-a.json", R"({"version":3,"_meta":{},"index_patterns":["a-*"]})"},
    {"lifecycle/billow.json", R"({"policy":{"_meta":{"version":2},"phases":{}}})"},
    {"role/billow_reader.json", R"({"metadata":{"version":4},"cluster":[]})"},
};

std::vector<std::string> paths(const std::vector<SetupStep>& steps) {
  std::vector<std::string> found;
  found.reserve(steps.size());
  for (const SetupStep& step : steps) found.push_back(step.path);
  return found;
}

TEST(SetupPlan, InstallsWhatOthersNeedFirstAndOnlyWhatTheClusterCanDo) {
  SetupParts parts;
  parts.roles = true;
  EXPECT_EQ(
      paths(plan_assets(assets, 1, parts, {}).value()),
      (std::vector<std::string>{"/_ilm/policy/billow", "/_component_template/billow-tied",
                                "/_index_template/billow-a", "/_security/role/billow_reader"}));
  parts.roles = parts.lifecycle = false;
  EXPECT_EQ(paths(plan_assets(assets, 1, parts, {}).value()),
            std::vector<std::string>{"/_index_template/billow-a"});
}

TEST(SetupPlan, UpgradesPoliciesAndRolesByTheirVersions) {
  SetupParts parts;
  parts.roles = true;
  const auto actions = [&parts](const char* policy, const char* role) {
    Installed installed;
    EXPECT_TRUE(read_installed(kind("lifecycle/"), policy, installed));
    EXPECT_TRUE(read_installed(kind("role/"), role, installed));
    const auto steps = plan_assets(assets, 1, parts, installed).value();
    return std::pair(steps.front().action, steps.back().action);
  };
  EXPECT_EQ(
      actions(R"({"billow":{"version":9,"policy":{"_meta":{"managed_by":"billow","version":1}}}})",
              R"({"billow_reader":{"metadata":{"managed_by":"billow","version":4}}})"),
      std::pair(Action::upgrade, Action::unchanged));
  EXPECT_EQ(
      actions(R"({"billow":{"version":9,"policy":{"_meta":{"managed_by":"billow","version":2}}}})",
              R"({"billow_reader":{"metadata":{"managed_by":"billow","version":5}}})"),
      std::pair(Action::unchanged, Action::newer));
}

TEST(SetupPlan, RemovesInTheOppositeOrderAndLeavesWhatIsInUseOrNotOurs) {
  Installed installed;
  ASSERT_TRUE(read_installed(kind("lifecycle/"),
                             R"({"billow":{"policy":{"_meta":{"managed_by":"billow"}},)"
                             R"("in_use_by":{"indices":["i"]}}})",
                             installed));
  ASSERT_TRUE(read_installed(
      kind("component/"),
      R"({"component_templates":[{"name":"billow-tied","component_template":{}}]})", installed));
  ASSERT_TRUE(read_installed(kind("index/"),
                             R"({"index_templates":[{"name":"billow-a","index_template":)"
                             R"({"_meta":{"managed_by":"billow"}}},)"
                             R"({"name":"billow-of-the-site","index_template":{}}]})",
                             installed));
  const auto steps = plan_removal(assets, installed);
  EXPECT_EQ(paths(steps),
            (std::vector<std::string>{"/_index_template/billow-a",
                                      "/_component_template/billow-tied", "/_ilm/policy/billow"}));
  EXPECT_EQ(steps[0].action, Action::remove);
  EXPECT_EQ(steps[0].method, "DELETE");
  EXPECT_EQ(steps[1].action, Action::unchanged);
  EXPECT_EQ(steps[2].action, Action::unchanged);
}

TEST(JsonPaths, AreTheSameHoweverElasticsearchWritesThem) {
  EXPECT_EQ(
      json_paths(R"({"settings":{"index":{"codec":"x","n":1,"on":true}},"list":["a", "b"]})"),
      json_paths(
          R"({"settings":{"index.codec":"x","index.n":"1","index.on":"true"},"list":["a","b"]})"));
  EXPECT_TRUE(json_paths("[]").empty());
}

TEST(JsonPaths, TellWhatDiffers) {
  EXPECT_EQ(differences(json_paths(R"({"a":1,"b":{"c":"x"},"same":0})"),
                        json_paths(R"({"b":{"c":"y"},"d":[1],"same":0})")),
            (std::vector<std::string>{"- a: 1", "~ b.c: x -> y", "+ d: [1]"}));
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
    const AssetKind& its_kind = kind(file.name.substr(0, file.name.find('/') + 1));
    const rapidjson::Pointer version(its_kind.version_at.data(), its_kind.version_at.size());
    ASSERT_TRUE(version.Get(body) && version.Get(body)->IsInt()) << file.name;
    const std::string meta(its_kind.version_at.substr(0, its_kind.version_at.rfind('/')));
    const std::string mark = (meta.empty() ? "/_meta" : meta) + "/managed_by";
    const rapidjson::Value* const owner = rapidjson::Pointer(mark).Get(body);
    ASSERT_NE(owner, nullptr) << file.name;
    EXPECT_STREQ(owner->GetString(), "billow") << file.name;
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
