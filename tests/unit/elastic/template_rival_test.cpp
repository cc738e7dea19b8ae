#include "elastic/template_rival.hpp"

#include "elastic/setup.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

const embedded::File rival_files[] = {
    {"component/billow-c.json", R"({"version":1,"template":{}})"},
    {"index/billow-many.json",
     R"({"index_patterns":["many-*"],"priority":500,
        "composed_of":["billow-c","billow@custom"],
        "ignore_missing_component_templates":["billow@custom"]})"},
    {"index/billow-one.json",
     R"({"index_patterns":["one"],"priority":500,"composed_of":["billow-c"],
        "template":{"mappings":{}}})"},
};

/// The answer about ours and one more template.
std::string with(const std::string& name, const std::string& members) {
  return R"({"index_templates":[{"name":"billow-many","index_template":{"priority":500,
             "index_patterns":["many-*"]}},{"name":")" +
         name + R"(","index_template":{)" + members + "}}]}";
}

std::vector<std::string> rivals(const std::string& members, const std::string& name = "site") {
  std::vector<std::string> ours;
  const auto found = find_rivals(rival_files, with(name, members));
  EXPECT_TRUE(found);
  for (const Rival& rival : *found) ours.push_back(rival.ours);
  return ours;
}

using Names = std::vector<std::string>;

TEST(TemplateRival, IsTheOneThatComesFirstForEveryIndexOfAPattern) {
  EXPECT_EQ(rivals(R"("index_patterns":["x","*"],"priority":501)"),
            (Names{"billow-many", "billow-one"}));
  EXPECT_EQ(rivals(R"("index_patterns":["ma*-*"],"priority":501)"), Names{"billow-many"});
  EXPECT_EQ(rivals(R"("index_patterns":["*"],"priority":499)"), Names());
  EXPECT_EQ(rivals(R"("index_patterns":["*"])"), Names()) << "without a priority it is 0";
  EXPECT_EQ(rivals(R"("index_patterns":["many-a-*","many-"],"priority":501)"), Names())
      << "not for every index";
  EXPECT_EQ(rivals(R"("index_patterns":["many-*"],"priority":501)", "billow-many"), Names())
      << "ours in another version";
}

TEST(TemplateRival, IsNoneWhenItIsComposedOfAllThatOursIs) {
  EXPECT_EQ(rivals(R"("index_patterns":["*"],"priority":501,"composed_of":["a","billow-c"])"),
            Names{"billow-one"})
      << "which adds a mapping of its own";
}

TEST(TemplateRival, OfOneIndexMayHaveANarrowerPattern) {
  const std::string answer = with("site", R"("index_patterns":["many-a-*"],"priority":900)");
  const auto found = find_rival(rival_files, answer, "many-a-2026-06");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->told(),
            "the index template site (many-a-*, priority 900) comes before Billow's billow-many "
            "(priority 500): give it a lower priority, or patterns that leave out Billow's "
            "indices");
  EXPECT_FALSE(find_rival(rival_files, answer, "many-b-2026-06").value());
  EXPECT_FALSE(find_rival(rival_files, answer, "nobody's").value());
}

TEST(TemplateRival, IsFoundByPatternsWithAnyNumberOfStars) {
  EXPECT_EQ(rivals(R"("index_patterns":["**m*y**-**"],"priority":501)"), Names{"billow-many"});
  EXPECT_EQ(rivals(R"("index_patterns":["*a*a*","*ma","many"],"priority":501)"), Names());
  const std::string stars = R"("*m*a*n*y*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*-*x")";
  const std::string name = "many" + std::string(200, '-');
  const std::string answer = with("site", R"("index_patterns":[)" + stars + R"(],"priority":900)");
  EXPECT_FALSE(find_rival(rival_files, answer, name).value()) << "in no time";
  EXPECT_TRUE(find_rival(rival_files, answer, name + "x").value());
}

SetupStep removal_of(const std::string& path,
                     SetupStep::Action action = SetupStep::Action::remove) {
  SetupStep step;
  step.action = action;
  step.path = path;
  return step;
}

TEST(TemplateBorrower, IsWhoeverStaysAndIsComposedOfWhatGoes) {
  const std::vector<SetupStep> removal = {
      removal_of("/_index_template/billow-many"), removal_of("/_component_template/billow-c"),
      removal_of("/_component_template/billow-d"),
      removal_of("/_component_template/billow-e", SetupStep::Action::unchanged)};
  const auto told = [&removal](const std::string& name, const std::string& parts) {
    Names texts;
    const auto found = find_borrowers(removal, with(name, R"("composed_of":[)" + parts + "]"));
    EXPECT_TRUE(found);
    for (const Borrower& borrower : *found) texts.push_back(borrower.told());
    return texts;
  };
  EXPECT_EQ(told("site", R"("billow-d","mine","billow-c")"),
            Names{"the index template site is composed of Billow's billow-d, billow-c: take that "
                  "out of it first, or delete it"});
  EXPECT_EQ(told("site", R"("billow-e","billow@custom")"), Names()) << "which stay";
  EXPECT_EQ(told("billow-many", R"("billow-c")"), Names()) << "it goes itself";
  EXPECT_EQ(find_borrowers(removal, "<html>").error().code, Errc::malformed);
}

TEST(TemplateRival, IsNotLookedForInAnAnswerThatIsNoJson) {
  EXPECT_EQ(find_rivals(rival_files, "<html>").error().code, Errc::malformed);
  EXPECT_TRUE(find_rivals(rival_files, "{}").value().empty()) << "there are no templates";
}

TEST(TemplateRival, StopsASetup) {
  SetupStep step;
  step.action = SetupStep::Action::obstacle;
  step.path = "/_index_template/site";
  step.changes = {"this is in the way", "and this"};
  const auto checked = check_steps({SetupStep(), step});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::bad_config);
  EXPECT_EQ(checked.error().detail, "this is in the way; and this");
}

}  // namespace
}  // namespace billow::elastic
