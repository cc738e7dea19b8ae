#include "elastic/index_mapping.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using Action = SetupStep::Action;

const embedded::File mapping_files[] = {
    {"component/billow-a.json", R"({"version":1,"_meta":{},"template":{"mappings":{}}})"},
    {"index/billow-many.json",
     R"({"version":1,"index_patterns":["many-*"],"template":{"mappings":{"properties":{"A":{}}}}})"},
    {"index/billow-one.json",
     R"({"version":4,"index_patterns":["one"],"template":{"mappings":{"properties":{
        "A":{"type":"keyword"},
        "O":{"properties":{"B":{"type":"long"},"C":{"type":"date"}}}}}}})"},
};

std::vector<SetupStep> plan(const std::string& properties) {
  return plan_mappings(mapping_files, R"({"one":{"mappings":{"properties":)" + properties + "}}}")
      .value();
}

TEST(IndexMapping, AsksForIndicesThatHaveATemplateOfTheirOwn) {
  EXPECT_EQ(single_indices(mapping_files), "one");
}

TEST(IndexMapping, AddsTheFieldsThatAnIndexLacks) {
  const auto steps = plan(R"({"A":{"type":"keyword"},"O":{"properties":{"B":{"type":"long"}}}})");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].action, Action::upgrade);
  EXPECT_EQ(steps[0].path, "/one/_mapping");
  EXPECT_EQ(steps[0].version, 4);
  EXPECT_EQ(steps[0].body, R"({"properties":{"O":{"properties":{"C":{"type":"date"}}}}})");
  EXPECT_EQ(steps[0].changes, std::vector<std::string>{"+ properties.O.properties.C.type: date"});
}

TEST(IndexMapping, GivesAnIndexWithoutMappingsAllOfThem) {
  const auto steps = plan_mappings(mapping_files, R"({"one":{"mappings":{}}})").value();
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].action, Action::upgrade);
  EXPECT_NE(steps[0].body.find(R"("A":{"type":"keyword"})"), std::string::npos);
}

TEST(IndexMapping, LeavesAloneWhatIsThereAlsoWhereItsTypeIsAnother) {
  const auto steps = plan(R"({"A":{"type":"long"},"O":{"type":"flattened"},"X":{"type":"ip"}})");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].action, Action::unchanged);
  EXPECT_EQ(steps[0].installed, 4);
}

TEST(IndexMapping, HasNothingToDoForAnIndexThatIsNotThere) {
  EXPECT_TRUE(plan_mappings(mapping_files, "{}").value().empty());
}

TEST(IndexMapping, RefusesAnAnswerThatIsNoObject) {
  EXPECT_EQ(plan_mappings(mapping_files, "<html>").error().code, Errc::malformed);
}

TEST(IndexMapping, CoversTheRecordsOfTheProgram) {
  const std::string names = single_indices(embedded::es_templates());
  for (const char* name : {"billow-deliveries", "billow-state", "billow-dead-letters"})
    EXPECT_NE(names.find(name), std::string::npos) << name;
  EXPECT_EQ(names.find('*'), std::string::npos);
}

}  // namespace
}  // namespace billow::elastic
