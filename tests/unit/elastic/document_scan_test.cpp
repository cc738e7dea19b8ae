#include "elastic/document_scan.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

TEST(ScanPage, KeepsEveryByteOfTheSources) {
  const auto page = read_scan_page(
      R"({"pit_id":"p2","took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"failed":0},
          "hits":{"max_score":null,"hits":[
            {"_index":"i","_id":"a-1","_version":1,"_source":{"BilledCost":1.50,"n":{"sort":[9]}},"sort":[4]},
            {"_index":"i","_id":"a\"2","_version":3,"_source":{"x": 2 },"sort":[4294967300]}]}})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->documents.size(), 2U);
  EXPECT_EQ(page->documents[0].source, R"({"BilledCost":1.50,"n":{"sort":[9]}})");
  EXPECT_EQ(page->documents[1].id, "a\"2");
  EXPECT_EQ(page->documents[1].version, 3U);
  EXPECT_EQ(page->documents[1].source, R"({"x": 2 })");
  EXPECT_EQ(page->pit, "p2");
  EXPECT_EQ(page->after, "[4294967300]");
}

TEST(ScanPage, IsRefusedWhenAShardIsMissing) {
  for (const char* json : {R"({"timed_out":false,"_shards":{"failed":1},"hits":{"hits":[]}})",
                           R"({"timed_out":true,"_shards":{"failed":0},"hits":{"hits":[]}})",
                           R"({"hits":{"hits":[]}})"}) {
    const auto page = read_scan_page(json);
    ASSERT_FALSE(page) << json;
    EXPECT_EQ(page.error().code, Errc::transient);
  }
  EXPECT_EQ(read_scan_page("<html>").error().code, Errc::malformed);
}

TEST(DocumentsAnswer, LeavesOutWhatIsNotThere) {
  const auto documents = read_documents_answer(
      R"({"docs":[{"_index":"i","_id":"1","found":false},
                  {"_index":"i","_id":"2","_version":2,"found":true,"_source":{"a":1}}]})");
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 1U);
  EXPECT_EQ(documents->front().id, "2");
  EXPECT_EQ(documents->front().version, 2U);
}

TEST(DocumentsAnswer, IsRefusedWhenOneCouldNotBeLookedFor) {
  const auto documents = read_documents_answer(
      R"({"docs":[{"_index":"i","_id":"1","error":{"type":"no_shard_available"}}]})");
  ASSERT_FALSE(documents);
  EXPECT_EQ(documents.error().code, Errc::transient);
}

}  // namespace
}  // namespace billow::elastic
