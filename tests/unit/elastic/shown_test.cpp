#include "elastic/shown.hpp"

#include "elastic/alias_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

ShownIndex read(const std::string& alias) {
  const std::string json = R"({"i":{"aliases":{"billow-charges":)" + alias + "}}}";
  auto shown = read_shown_answer(json).value();
  return shown.size() == 1 ? shown.front() : ShownIndex();
}

Visible visible() {
  Visible made;
  made.index = "i";
  made.delivery_id = "f:2026-06:d:3";
  made.slice_ids = {"b", "a"};
  return made;
}

TEST(ShownAnswer, HoldsWhatBillowPublished) {
  const ShownIndex shown = read(R"({"filter":)" + alias_filter(visible()) + "}");
  EXPECT_EQ(shown.foreign, "");
  EXPECT_EQ(shown.visible.index, "i");
  EXPECT_EQ(shown.visible.delivery_id, "f:2026-06:d:3");
  EXPECT_EQ(shown.visible.slice_ids, (std::vector<std::string>{"a", "b"}));
}

TEST(ShownAnswer, SaysWhatOfAnAliasIsNotOurs) {
  EXPECT_THAT(read("{}").foreign, HasSubstr("every line"));
  EXPECT_THAT(read(R"({"filter":{"match_all":{}}})").foreign, HasSubstr("did not write"));
  EXPECT_THAT(read(R"({"filter":)" + alias_filter(visible()) + R"(,"search_routing":"1"})").foreign,
              HasSubstr("routing"));
}

TEST(ShownAnswer, IsNotFooledByAFilterThatHidesMore) {
  const std::string terms = R"({"terms":{"x_SliceId":["a"]}})";
  const std::vector<std::string> filters = {
      R"({"bool":{"filter":[)" + terms + R"(,{"term":{"ServiceName":"EC2"}}]}})",
      R"({"bool":{"filter":[)" + terms + R"(],"must_not":[{"term":{"x":1}}]}})",
      R"({"bool":{"filter":[{"terms":{"x_SliceId":["a"],"boost":2}}]}})",
      R"({"bool":{"filter":[{"terms":{"x_SliceId":[7]}}]}})", R"({"bool":{"filter":[]}})"};
  for (const std::string& filter : filters) {
    EXPECT_NE(read(R"({"filter":)" + filter + "}").foreign, "") << filter;
  }
}

TEST(ShownAnswer, CannotBeReadFromAnythingElse) {
  EXPECT_FALSE(read_shown_answer("[]"));
  EXPECT_FALSE(read_tokens_answer(""));
}

TEST(TokensAnswer, NamesTheTokenOfEveryFeed) {
  const auto tokens = read_tokens_answer(
      R"({"billow-state":{"aliases":{"billow-epoch-a-1-7":{},"billow-epoch-a-12":{},
          "billow-epoch-b-3":{},"billow-epoch-b-4":{},"billow-epoch-c-x":{},"billow-feeds-9":{}}}})");
  EXPECT_THAT(tokens.value(), UnorderedElementsAre(Pair("a-1", 7U), Pair("a", 12U), Pair("b", 4U)));
}

}  // namespace
}  // namespace billow::elastic
