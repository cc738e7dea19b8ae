#include "elastic/alias_filter.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

Visible visible(std::string index, std::string delivery, std::vector<std::string> slices) {
  Visible made;
  made.index = std::move(index);
  made.delivery_id = std::move(delivery);
  made.slice_ids = std::move(slices);
  return made;
}

TEST(AliasFilter, ListsTheVisibleSlicesUnderTheNameOfTheDelivery) {
  EXPECT_EQ(alias_filter(visible("i", "d1", {"a", "b"})),
            R"({"bool":{"_name":"d1","filter":[{"terms":{"x_SliceId":["a","b"]}}]}})");
  EXPECT_EQ(alias_filter(visible("i", "", {})),
            R"({"bool":{"filter":[{"terms":{"x_SliceId":[]}}]}})");
}

TEST(AliasFilter, ReadsBackWhatItWrote) {
  const Visible june = visible("billow-charges-aws-2026-06", "d\"6", {"s1", "s2"});
  const Visible may = visible("billow-charges-aws-2026-05", "", {"s0"});
  const auto found = read_visible_answer(
      R"({")" + june.index + R"(":{"aliases":{"billow-charges":{"filter":)" + alias_filter(june) +
          R"(}}},"other":{"aliases":{"else":{}}},")" + may.index +
          R"(":{"aliases":{"billow-charges":{"filter":)" + alias_filter(may) + "}}}}",
      charges_alias);
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].index, may.index);
  EXPECT_EQ((*found)[0].delivery_id, "");
  EXPECT_EQ((*found)[1].delivery_id, "d\"6");
  EXPECT_EQ((*found)[1].slice_ids, june.slice_ids);
}

TEST(AliasFilter, RefusesAFilterThatIsNotOurs) {
  for (const char* alias : {"{}", R"({"filter":{"match_all":{}}})",
                            R"({"filter":{"bool":{"filter":[{"terms":{"x_FeedId":["a"]}}]}}})",
                            R"({"filter":{"bool":{"filter":[{"terms":{"x_SliceId":[1]}}]}}})"}) {
    const auto found = read_visible_answer(
        R"({"i":{"aliases":{"billow-charges":)" + std::string(alias) + "}}}", charges_alias);
    ASSERT_FALSE(found) << alias;
    EXPECT_EQ(found.error().code, Errc::malformed);
  }
}

TEST(AliasFilter, ReadsTheTokenOfOneFeedAmongOthersWithSimilarNames) {
  const std::string json =
      R"({"billow-state":{"aliases":{"billow-feeds-3":{},"billow-epoch-aws-7":{"filter":{"match_none":{"_name":"m"}}},)"
      R"("billow-epoch-aws-main-9":{},"billow-epoch-aws-1-5":{}}}})";
  const auto aws = read_state_answer(json, "aws");
  ASSERT_TRUE(aws);
  EXPECT_EQ(aws->registered, 3u);
  ASSERT_EQ(aws->tokens.size(), 1u);
  EXPECT_EQ(aws->tokens[0].number, 7u);
  EXPECT_EQ(aws->tokens[0].mark, "m");
  EXPECT_EQ(read_state_answer(json, "aws-main")->tokens.at(0).number, 9u);
  EXPECT_EQ(read_state_answer(json, "aws-1")->tokens.at(0).number, 5u);
  EXPECT_TRUE(read_state_answer(json, "gcp")->tokens.empty());
  EXPECT_EQ(read_state_answer("{}", "aws")->registered, std::nullopt);
}

TEST(AliasFilter, MovesTokenAndEveryIndexInOneCall) {
  EXPECT_EQ(
      publication_body("aws", 4, "mark", {visible("i1", "d", {"s"}), visible("i2", "d", {})}),
      R"({"actions":[{"remove":{"index":"billow-state","alias":"billow-epoch-aws-4","must_exist":true}},)"
      R"({"add":{"index":"billow-state","alias":"billow-epoch-aws-5","filter":{"match_none":{"_name":"mark"}}}},)"
      R"({"add":{"index":"i1","alias":"billow-charges","filter":)"
      R"({"bool":{"_name":"d","filter":[{"terms":{"x_SliceId":["s"]}}]}}}},)"
      R"({"add":{"index":"i2","alias":"billow-charges","filter":)"
      R"({"bool":{"_name":"d","filter":[{"terms":{"x_SliceId":[]}}]}}}}]})");
}

TEST(AliasFilter, TakesTheAliasFromAnIndexInTheSameCall) {
  Visible gone = visible("i1", "d", {"s"});
  gone.removed = true;
  EXPECT_TRUE(
      publication_body("aws", 4, "mark", {gone})
          .ends_with(R"(,{"remove":{"index":"i1","alias":"billow-charges","must_exist":true}}]})"));
}

TEST(AliasFilter, DeletesAnIndexInTheCallThatMovesTheToken) {
  EXPECT_EQ(deletion_body("a", 4, "m", "i"),
            R"({"actions":[)"
            R"({"remove":{"index":"billow-state","alias":"billow-epoch-a-4","must_exist":true}},)"
            R"({"add":{"index":"billow-state","alias":"billow-epoch-a-5",)"
            R"("filter":{"match_none":{"_name":"m"}}}},)"
            R"({"remove_index":{"index":"i"}}]})");
}

TEST(AliasFilter, RegistersAFeedByMovingTheRegister) {
  EXPECT_EQ(
      registration_body("aws", 2, 0, "mark"),
      R"({"actions":[{"remove":{"index":"billow-state","alias":"billow-feeds-2","must_exist":true}},)"
      R"({"add":{"index":"billow-state","alias":"billow-feeds-3"}},)"
      R"({"add":{"index":"billow-state","alias":"billow-epoch-aws-0","filter":{"match_none":{"_name":"mark"}}}}]})");
}

TEST(AliasFilter, NamesTheIndexOfAFeedAndPeriod) {
  EXPECT_EQ(charges_index("aws-main", "2026-06"), "billow-charges-aws-main-2026-06");
}

}  // namespace
}  // namespace billow::elastic
