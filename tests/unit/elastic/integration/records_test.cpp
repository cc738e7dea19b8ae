#include "elastic/records.hpp"

#include "../run_task.hpp"
#include "engine.hpp"

namespace billow::elastic {
namespace {

class Records : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    index_ = "billow-charges-" + feed() +
             "-2026-06";  // any index will do; this one is deleted at the end
  }
  std::string index_;
};

TEST_F(Records, ReadsBackEveryDigitOfWhatItWrote) {
  const std::string source = R"({"Sum":0.42196393376848933953123456789,"Text":"a \"b\" é"})";
  ASSERT_TRUE(run_task(put_document(cluster(), index_, Document("feed:2026-06:x/y", source))));
  EXPECT_EQ(run_task(get_document(cluster(), index_, "feed:2026-06:x/y")).value(), source);
  const auto found = run_task(search_documents(cluster(), index_, R"({"query":{"match_all":{}}})"));
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().id, "feed:2026-06:x/y");
  EXPECT_EQ(found->front().source, source);
}

TEST_F(Records, ReplacesADocumentOfTheSameId) {
  ASSERT_TRUE(run_task(put_document(cluster(), index_, Document("a", R"({"n":1})"))));
  ASSERT_TRUE(run_task(put_document(cluster(), index_, Document("a", R"({"n":2})"))));
  EXPECT_EQ(run_task(get_document(cluster(), index_, "a")).value(), R"({"n":2})");
}

TEST_F(Records, TakesAMissingIndexForNoDocuments) {
  EXPECT_EQ(run_task(get_document(cluster(), "billow-absent", "a")).value(), std::nullopt);
  const auto found = run_task(search_documents(cluster(), "billow-absent", R"({"size":10})"));
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_TRUE(found->empty());
}

}  // namespace
}  // namespace billow::elastic
