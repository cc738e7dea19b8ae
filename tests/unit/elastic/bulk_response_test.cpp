#include "elastic/bulk_response.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

TEST(BulkResponse, CountsEveryItemByItsStatus) {
  const auto answer = read_bulk_answer(
      R"({"errors":true,"took":30,"items":[{"create":{"status":201}},)"
      R"({"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"exists"}}},)"
      R"({"delete":{"status":404}},{"delete":{"status":200}}]})",
      4);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->stored, 2u);
  EXPECT_EQ(answer->already_there, 1u);
  EXPECT_EQ(answer->missing, 1u);
  EXPECT_TRUE(answer->faults.empty());
}

TEST(BulkResponse, TakesAnIndexActionForOneThatCreates) {
  const auto answer = read_bulk_answer(
      R"({"errors":true,"took":1,"items":[{"index":{"status":201}},{"index":{"status":200}},)"
      R"({"index":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"newer"}}}]})",
      3);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->stored, 2u);
  EXPECT_EQ(answer->already_there, 1u);
}

TEST(BulkResponse, TellsWhichItemsFailedAndWhy) {
  const auto answer = read_bulk_answer(
      R"({"took":1,"errors":true,"items":[{"create":{"status":201}},)"
      R"({"create":{"error":{"type":"document_parsing_exception","reason":"field [a] is \"odd\""},"status":400}},)"
      R"({"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":null}}}]})",
      3);
  ASSERT_TRUE(answer) << answer.error().detail;
  ASSERT_EQ(answer->faults.size(), 2u);
  EXPECT_EQ(answer->faults[0].item, 1u);
  EXPECT_EQ(answer->faults[0].fate, ItemFate::rejected);
  EXPECT_EQ(answer->faults[0].reason, "document_parsing_exception: field [a] is \"odd\"");
  EXPECT_EQ(answer->faults[1].item, 2u);
  EXPECT_EQ(answer->faults[1].fate, ItemFate::retry);
  EXPECT_EQ(answer->faults[1].status, 429);
}

TEST(BulkResponse, LooksAtItemsEvenWhenErrorsIsFalse) {
  const auto answer =
      read_bulk_answer(R"({"errors":false,"took":1,"items":[{"create":{"status":503}}]})", 1);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->faults.size(), 1u);
  EXPECT_EQ(answer->faults[0].fate, ItemFate::retry);
}

TEST(BulkResponse, KnowsNothingWhenItemsAreFewerOrMoreThanSent) {
  const std::string two =
      R"({"errors":false,"took":1,"items":[{"create":{"status":201}},{"create":{"status":201}}]})";
  EXPECT_TRUE(read_bulk_answer(two, 2));
  for (const std::size_t sent : {1u, 3u}) {
    const auto answer = read_bulk_answer(two, sent);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::malformed);
    EXPECT_NE(answer.error().detail.find("speaks of 2"), std::string::npos);
  }
  EXPECT_FALSE(read_bulk_answer(R"({"errors":false,"took":1})", 1));
}

TEST(BulkResponse, KnowsNothingFromAnAnswerCutAnywhere) {
  const std::string whole = R"({"errors":true,"took":5,"items":[{"create":{"status":201}},)"
                            R"({"create":{"status":400,"error":{"type":"t","reason":"r"}}}]})";
  ASSERT_TRUE(read_bulk_answer(whole, 2));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_bulk_answer(whole.substr(0, size), 2)) << whole.substr(0, size);
  }
}

TEST(BulkResponse, KnowsNothingFromAnythingElse) {
  for (const char* text :
       {"<html><body>Welcome</body></html>", "[]", "null", "{}",
        R"({"errors":"no","took":1,"items":[]})",
        R"({"took":1,"items":[{"create":{"status":201}}]})",
        R"({"errors":false,"items":[{"create":{"status":"201"}}]})",
        R"({"errors":false,"items":[{"create":{}}]})", R"({"errors":false,"items":[{}]})",
        R"({"errors":false,"items":[{"update":{"status":200}}]})",
        R"({"errors":false,"items":[{"create":{"status":201},"delete":{"status":200}}]})",
        R"({"errors":false,"items":[{"create":{"status":20100}}]})",
        R"({"errors":false,"items":[{"create":{"status":201}}]} and more)",
        R"({"errors":false,"items":[{"create":{"status":201}}]}{"errors":true})"}) {
    EXPECT_FALSE(read_bulk_answer(text, 1)) << text;
  }
}

}  // namespace
}  // namespace billow::elastic
