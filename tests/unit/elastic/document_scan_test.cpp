#include "elastic/document_scan.hpp"

#include "fake_server.hpp"
#include "run_task.hpp"

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

TEST(DocumentScan, AsksEveryShardForEveryPage) {
  FakeServer server([](const Received& request) -> Reply {
    if (request.target.find("_pit") != std::string::npos) return {200, R"({"id":"p"})"};
    if (request.target.find("_search") == std::string::npos) return {200, "{}"};
    const bool first = request.body.find("search_after") == std::string::npos;
    return {200, R"({"pit_id":"p","timed_out":false,"_shards":{"failed":0},"hits":{"hits":[)" +
                     std::string(first ? R"({"_id":"a","_version":1,"sort":[4294967296]})" : "") +
                     "]}}"};
  });
  Config config;
  config.urls = {server.url()};
  const auto cluster = Cluster::connect(config).value();
  DocumentScan::Request request;
  request.index = "i";
  request.sources = false;
  request.page = 1;
  DocumentScan scan(*cluster, std::move(request));
  ASSERT_EQ(run_task(scan.next()).value().size(), 1U);
  ASSERT_TRUE(run_task(scan.next()).value().empty());
  std::size_t pages = 0;
  for (const Received& asked : server.received()) {
    if (asked.target.find("/_search") == std::string::npos) continue;
    ++pages;
    // 128 at most are asked without a look at what they hold, and one when there is a sort.
    EXPECT_NE(asked.target.find("pre_filter_shard_size=1000000"), std::string::npos);
  }
  EXPECT_EQ(pages, 2U);
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
