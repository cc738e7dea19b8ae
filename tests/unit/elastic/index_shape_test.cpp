#include "elastic/index_shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace billow::elastic {
namespace {

using Action = SetupStep::Action;

const embedded::File shape_files[] = {
    {"component/billow-c.json",
     R"({"version":2,"_meta":{"managed_by":"billow"},"template":{"mappings":{"properties":{
        "Name":{"type":"keyword"},"Cost":{"type":"double","index":false},
        "At":{"type":"date","format":"f"},"O":{"properties":{"A":{"type":"long"}}}}}}})"},
    {"index/billow-many.json",
     R"({"version":2,"_meta":{"managed_by":"billow"},"index_patterns":["many-*"],
        "composed_of":["billow-c","billow@custom"],
        "template":{"mappings":{"properties":{"Count":{"type":"long"}}}}})"},
    {"index/billow-one.json",
     R"({"version":1,"_meta":{"managed_by":"billow"},"index_patterns":["one"],"template":{}})"},
};

const std::string right =
    R"("Name":{"type":"keyword"},"Cost":{"type":"double","index":false},)"
    R"("At":{"type":"date","format":"f"},"O":{"properties":{"A":{"type":"long"}}},)"
    R"("Count":{"type":"long"})";

std::vector<SetupStep> planned(const std::string& properties, const std::string& more = "",
                               const Installed& installed = {}) {
  const auto assets = plan_assets(shape_files, 1, SetupParts(), installed).value();
  return plan_shapes(assets, installed,
                     R"({"many-1":{"mappings":{)" + more + R"("properties":{)" + properties +
                         R"(}}},"one":{"mappings":{}},"manifold":{"mappings":{}}})")
      .value();
}

std::string replaced(std::string properties, const std::string& part, const std::string& other) {
  const std::size_t at = properties.find(part);
  EXPECT_NE(at, std::string::npos);
  return properties.replace(at, part.size(), other);
}

TEST(IndexShape, LooksAtIndicesThatTemplatesNameByWildcard) {
  EXPECT_EQ(shaped_indices(plan_assets(shape_files, 1, SetupParts(), {}).value()), "many-*");
}

TEST(IndexShape, LeavesAnIndexAloneThatIsAsItShouldBeWhateverElseItMaps) {
  EXPECT_TRUE(planned(right).empty());
  EXPECT_TRUE(planned(right + R"(,"x_New":{"type":"keyword"})", R"("_meta":{"site":1},)").empty());
}

TEST(IndexShape, AddsWhatAnIndexLacks) {
  const auto steps =
      planned(replaced(replaced(right, R"("Name":{"type":"keyword"},)", ""),
                       R"("properties":{"A":{"type":"long"}})", R"("properties":{})"));
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].action, Action::upgrade);
  EXPECT_EQ(steps[0].path, "/many-1/_mapping");
  EXPECT_EQ(steps[0].body, R"({"properties":{"Name":{"type":"keyword"},)"
                           R"("O":{"properties":{"A":{"type":"long"}}}}})");
  EXPECT_EQ(steps[0].changes.size(), 2U);
}

TEST(IndexShape, MarksAnIndexWhoseFieldsCannotBeChangedInPlace) {
  for (const auto& [part, other] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"("Name":{"type":"keyword"})", R"("Name":{"type":"text"})"},
           {R"("Name":{"type":"keyword"})", R"("Name":{"type":"keyword","doc_values":false})"},
           {R"("Name":{"type":"keyword"})", R"("Name":{"properties":{"X":{"type":"ip"}}})"},
           {R"("type":"double","index":false)", R"("type":"float","index":false)"},
           {R"("type":"double","index":false)", R"("type":"double")"},
           {R"("format":"f")", R"("format":"g")"},
           {R"("A":{"type":"long"})", R"("A":{"type":"ip"})"}}) {
    const auto steps = planned(replaced(right, part, other), R"("_meta":{"site":1},)");
    ASSERT_EQ(steps.size(), 1U) << other;
    EXPECT_EQ(steps[0].action, Action::move) << other;
    EXPECT_EQ(steps[0].installed, 0);
    EXPECT_EQ(steps[0].body, R"({"_meta":{"site":1,"billow_outdated":true}})");
    EXPECT_EQ(steps[0].changes.front().front(), '~');
  }
  const auto strict = planned(right, R"("dynamic":"strict",)");
  ASSERT_EQ(strict.size(), 1U);
  EXPECT_EQ(strict[0].changes, std::vector<std::string>{"~ dynamic: strict -> true"});
}

TEST(IndexShape, KnowsAMarkAndTakesItBackWhereItIsWrong) {
  const std::string marked = R"("_meta":{"billow_outdated":true},)";
  const auto outdated = planned(replaced(right, "keyword", "text"), marked);
  ASSERT_EQ(outdated.size(), 1U);
  EXPECT_EQ(outdated[0].installed, 1);
  const auto sound = planned(right, marked);
  ASSERT_EQ(sound.size(), 1U);
  EXPECT_EQ(sound[0].action, Action::upgrade);
  EXPECT_EQ(sound[0].body, R"({"_meta":{}})");
}

TEST(IndexShape, HoldsAnIndexAgainstWhatTheSiteAddsAndALaterVersionHas) {
  const AssetKind& components = *std::ranges::find(asset_kinds(), "component/", &AssetKind::folder);
  Installed installed;
  ASSERT_TRUE(read_installed(
      components,
      R"({"component_templates":[{"name":"billow@custom","component_template":{"template":{
          "mappings":{"properties":{"Name":{"type":"wildcard"}}}}}},
          {"name":"billow-c","component_template":{"version":3,"_meta":{"managed_by":"billow"},
          "template":{"mappings":{"properties":{"Cost":{"type":"double"}}}}}}]})",
      installed));
  EXPECT_TRUE(
      planned(R"("Name":{"type":"wildcard"},"Cost":{"type":"double"},"Count":{"type":"long"})", "",
              installed)
          .empty());
  EXPECT_EQ(planned(right, "", installed).at(0).changes,
            (std::vector<std::string>{"~ Cost.index: false -> true",
                                      "~ Name.type: keyword -> wildcard"}));
}

/// What setup says of a billow@custom that has this in its template.
std::vector<std::string> conflicts(const std::string& parts) {
  const AssetKind& components = *std::ranges::find(asset_kinds(), "component/", &AssetKind::folder);
  Installed installed;
  EXPECT_TRUE(read_installed(
      components,
      R"({"component_templates":[{"name":"billow@custom","component_template":{"template":{)" +
          parts + "}}}]}",
      installed));
  return custom_conflicts(plan_assets(shape_files, 1, SetupParts(), installed).value(), installed);
}

TEST(IndexShape, LeavesReadAliasesToPublishes) {
  EXPECT_EQ(conflicts(R"("aliases":{"finance":{},"many":{}})"),
            std::vector<std::string>{"billow@custom gives new indices the alias many: readers "
                                     "would see what is not published"});
}

TEST(IndexShape, KeepsDocumentsAsTheyWereSent) {
  for (const auto& [parts, what] : std::vector<std::pair<std::string, std::string>>{
           {R"("settings":{"index":{"mode":"logsdb"}})", "index.mode to logsdb"},
           {R"("settings":{"index":{"mapping":{"source":{"mode":"synthetic"}}}})",
            "index.mapping.source.mode to synthetic"},
           {R"("mappings":{"_source":{"mode":"synthetic"}})", "_source.mode to synthetic"},
           {R"("mappings":{"_source":{"enabled":false}})", "_source.enabled to false"},
           {R"("mappings":{"_source":{"includes":["Cost"]}})", "_source.includes"},
           {R"("mappings":{"_source":{"excludes":"Tags"}})", "_source.excludes"}}) {
    EXPECT_EQ(conflicts(parts),
              std::vector<std::string>{
                  "billow@custom sets " + what +
                  ": documents would not be kept as they were sent, digit by digit"});
  }
  EXPECT_TRUE(conflicts(R"("settings":{"index":{"mode":"standard","mapping":{"source":
      {"mode":"stored"}},"codec":"best_compression"}},"mappings":{"_source":{"enabled":true,
      "excludes":[]}})")
                  .empty());
}

TEST(IndexShape, TellsWhichOfItsOwnFieldsTheSiteChanges) {
  const auto mapped = [](const std::string& properties) {
    return conflicts(R"("settings":{},"mappings":{"properties":{)" + properties + "}}");
  };
  const std::string rest = ": Billow's own fields cannot be changed there";
  EXPECT_EQ(mapped(R"("Cost":{"type":"float"},"O":{"properties":{"A":{"type":"text"}}})"),
            (std::vector<std::string>{"billow@custom maps Cost as float, not double" + rest,
                                      "billow@custom maps O.A as text, not long" + rest}));
  EXPECT_EQ(mapped(R"("At":{"type":"date","format":"g"},"Count":{"enabled":false})"),
            (std::vector<std::string>{"billow@custom maps At with another format" + rest,
                                      "billow@custom maps Count as object, not long" + rest}));
  EXPECT_TRUE(mapped(R"("Cost":{"type":"double"},"x_New":{"type":"text"})").empty());
  EXPECT_TRUE(custom_conflicts(plan_assets(shape_files, 1, SetupParts(), {}).value(), {}).empty());
}

TEST(IndexShape, RefusesAnAnswerThatIsNoObject) {
  EXPECT_EQ(plan_shapes({}, {}, "<html>").error().code, Errc::malformed);
}

}  // namespace
}  // namespace billow::elastic
