#include "../run_task.hpp"
#include "charges.hpp"
#include "elastic/bulk_writer.hpp"
#include "elastic/publication.hpp"
#include "engine.hpp"

#include <simdjson.h>

#include <atomic>
#include <random>
#include <thread>

namespace billow::elastic {
namespace {

Task<BulkOutcome> write(Cluster& cluster, BulkBody body) {
  BulkOptions options;
  options.gzip = true;
  BulkWriter writer(cluster, std::move(options));
  auto submitted = co_await writer.submit(std::move(body));
  if (!submitted) co_return submitted.error();
  co_return co_await writer.drain();
}

/// Loading, verifying, publishing and purging, against the real engine.
class Life : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    index_ = charges_index(feed(), "2026-06");
    install();
  }
  void load(BulkBody body) {
    const std::uint64_t items = body.items();
    const auto outcome = run_task(write(cluster(), std::move(body)));
    ASSERT_TRUE(outcome) << outcome.error().detail;
    ASSERT_EQ(outcome->stored, items);
  }
  std::vector<Visible> showing(std::vector<std::string> slices) const {
    Visible visible;
    visible.index = index_;
    visible.delivery_id = "delivery";
    visible.slice_ids = std::move(slices);
    return {visible};
  }
  void show(std::vector<std::string> slices) {
    const auto token = run_task(read_token(cluster(), feed()));
    ASSERT_TRUE(token) << token.error().detail;
    const auto published = run_task(publish(cluster(), feed(), *token, showing(std::move(slices))));
    ASSERT_TRUE(published) << published.error().detail;
  }
  std::vector<Difference> verify(const std::vector<Slice>& expected) {
    const auto stored = run_task(sum_slices(cluster(), index_));
    EXPECT_TRUE(stored) << (stored ? "" : stored.error().detail);
    return stored ? compare(expected, *stored) : std::vector<Difference>{};
  }
  /// What Elasticsearch does by itself once a disk has room again. From a thread of its own, since
  /// a test's coroutine is in the middle of something.
  void free_disk() {
    std::thread([this] {
      const auto other = connect();
      const auto lifted = run_task(other->request(
          "PUT", "/" + index_ + "/_settings", R"({"index.blocks.read_only_allow_delete":null})"));
      EXPECT_TRUE(lifted);
    }).join();
  }
  /// Lines of this feed that a reader of the alias sees, by search.
  std::int64_t seen() {
    const std::string answer =
        ask("POST", "/billow-charges/_search?size=0&filter_path=hits.total.value",
            R"({"query":{"prefix":{"_index":"billow-charges-)" + feed() + R"("}}})");
    simdjson::dom::parser parser;
    return parser.parse(answer)["hits"]["total"]["value"].get_int64().value();
  }

  std::string index_;
};

TEST_F(Life, StoresOnceAndCountsDuplicates) {
  Charges charges(index_);
  for (int i = 0; i < 500; ++i) charges.add("s1", "USD", "0.1");
  const BulkBody body = charges.take_body();
  load(body);
  const auto again = run_task(write(cluster(), body));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->stored, 0u);
  EXPECT_EQ(again->already_there, 500u);
  EXPECT_TRUE(verify(charges.slices()).empty());
}

TEST_F(Life, RejectsAPoisonedLineAndStoresItsNeighbours) {
  Charges charges(index_);
  charges.add("s1", "USD", "1");
  charges.add_poisoned("s1");
  charges.add("s1", "USD", "2");
  const auto outcome = run_task(write(cluster(), charges.take_body()));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 2u);
  ASSERT_EQ(outcome->rejected, 1u);
  EXPECT_EQ(outcome->rejected_items[0].status, 400);
  EXPECT_NE(outcome->rejected_items[0].reason.find("BilledCost"), std::string::npos);
  EXPECT_TRUE(verify(charges.slices()).empty());
}

TEST_F(Life, FindsTheLineThatMakesTheEngineRefuseTheWholeRequest) {
  Charges charges(index_);
  for (int i = 0; i < 20; ++i) charges.add("s1", "USD", "1");
  BulkBody body = charges.take_body();
  const std::string odd = "{\"crate\":{\"_id\":\"odd\"}}\n{\"a\":1}\n";
  body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
  body.bytes += odd;
  const auto outcome = run_task(write(cluster(), body));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored + outcome->already_there, 20u);
  ASSERT_EQ(outcome->rejected, 1u);
  EXPECT_EQ(outcome->rejected_items[0].item, odd);
  EXPECT_TRUE(verify(charges.slices()).empty());
}

TEST_F(Life, WaitsForAnIndexThatIsBlockedForAFullDisk) {
  Charges charges(index_);
  charges.add("s1", "USD", "1");
  load(charges.take_body());
  ask("PUT", "/" + index_ + "/_settings", R"({"index.blocks.read_only_allow_delete":true})");
  charges.add("s1", "USD", "2");
  BulkOptions options;
  options.retry.jitter = [] { return 0.01; };
  int retried = 0;
  options.observer = [this, &retried](const BulkEvent& event) {
    if (event.kind == BulkEvent::Kind::retried_items && ++retried == 3) free_disk();
  };
  const auto run = [](Cluster& engine, BulkOptions with, BulkBody body) -> Task<BulkOutcome> {
    BulkWriter writer(engine, std::move(with));
    auto submitted = co_await writer.submit(std::move(body));
    if (!submitted) co_return submitted.error();
    co_return co_await writer.drain();
  };
  const auto outcome = run_task(run(cluster(), std::move(options), charges.take_body()));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 1u);
  EXPECT_GE(retried, 3);
  EXPECT_TRUE(verify(charges.slices()).empty());
}

TEST_F(Life, AddsUpManySlicesAndCurrenciesExactly) {
  std::mt19937 random(11);
  Charges charges(index_);
  for (int slice = 0; slice < 800; ++slice) {
    for (const char* currency : {"USD", "EUR"}) {
      for (int line = 0; line < 3; ++line) {
        const std::string sign = random() % 5 == 0 ? "-" : "";
        charges.add("s" + std::to_string(slice), currency,
                    sign + std::to_string(random() % 100'000) + "." + std::to_string(random()));
      }
    }
  }
  load(charges.take_body());  // 1,600 pairs: more than one page of sums
  const auto differences = verify(charges.slices());
  EXPECT_TRUE(differences.empty())
      << differences.front().slice_id << ": " << differences.front().what;
}

TEST_F(Life, AddsUpOnlyTheSlicesThatAreAskedFor) {
  Charges charges(index_);
  for (const char* slice : {"s1", "s2", "s3"}) charges.add(slice, "USD", "1.5");
  load(charges.take_body());
  SumScope scope;
  scope.query = R"({"terms":{"x_SliceId":["s2","s4"]}})";
  const auto sums = run_task(sum_slices(cluster(), index_, scope));
  ASSERT_TRUE(sums) << sums.error().detail;
  ASSERT_EQ(sums->size(), 1U) << "whoever clears what it asked for would clear the others";
  EXPECT_EQ(sums->at("s2").lines, 1U);
}

TEST_F(Life, FindsALineThatIsMissingAndOneThatWasAltered) {
  Charges charges(index_);
  for (int i = 0; i < 10; ++i) charges.add("s1", "USD", "0.0000012345");
  for (int i = 0; i < 10; ++i) charges.add("s2", "USD", "17.25");
  load(charges.take_body());
  ASSERT_TRUE(verify(charges.slices()).empty());
  ask("DELETE", "/" + index_ + "/_doc/s1-3");
  ask("POST", "/" + index_ + "/_update/s2-4", R"({"doc":{"EffectiveCost":17.26}})");
  const auto differences = verify(charges.slices());
  ASSERT_EQ(differences.size(), 2 + cost_kinds + 1);
  EXPECT_EQ(differences[0].what, "lines: expected 10, stored 9");
  EXPECT_EQ(differences.back().slice_id, "s2");
  EXPECT_EQ(differences.back().what,
            "EffectiveCost USD: expected 172.5, stored 172.51, differs by -0.01");
}

TEST_F(Life, ShowsOnlyTheListedSlicesToSearchesAndToEsql) {
  Charges charges(index_);
  for (int i = 0; i < 3; ++i) charges.add("s1", "USD", "1");
  for (int i = 0; i < 5; ++i) charges.add("s2", "USD", "10");
  load(charges.take_body());
  ask("POST", "/" + index_ + "/_refresh");
  show({});
  EXPECT_EQ(seen(), 0);
  show({"s2"});
  EXPECT_EQ(seen(), 5);
  const std::string esql = "FROM billow-charges METADATA _index | WHERE _index == \\\"" + index_ +
                           "\\\" | STATS lines = COUNT(*), cost = SUM(BilledCost)";
  const auto query =
      run_task(cluster().call("POST", "/_query?format=csv", "{\"query\":\"" + esql + "\"}"));
  ASSERT_TRUE(query);
  if (query->status == 200) {
    EXPECT_EQ(query->body, "lines,cost\r\n5,50.0\r\n");
  }
  show({"s1"});
  EXPECT_EQ(seen(), 3);
  const auto visible = run_task(read_visible(cluster(), index_));
  ASSERT_TRUE(visible) << visible.error().detail;
  ASSERT_EQ(visible->size(), 1u);
  EXPECT_EQ(visible->front().delivery_id, "delivery");
  EXPECT_EQ(visible->front().slice_ids, std::vector<std::string>{"s1"});
}

TEST_F(Life, DropsTheSlicesNamedAndNothingThatIsVisible) {
  Charges charges(index_);
  for (int i = 0; i < 12'000; ++i) charges.add("old", "USD", "1");  // more than one page of ids
  for (int i = 0; i < 300; ++i) charges.add("new", "USD", "2");
  load(charges.take_body());
  show({"old"});
  const auto refused = run_task(drop_slices(cluster(), index_, {"old"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  show({"new"});
  const auto purged = run_task(drop_slices(cluster(), index_, {"old"}));
  ASSERT_TRUE(purged) << purged.error().detail;
  EXPECT_EQ(*purged, 12'000u);
  const auto stored = run_task(sum_slices(cluster(), index_));
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->size(), 1u);
  EXPECT_EQ(stored->at("new").lines, 300u);
  EXPECT_EQ(run_task(drop_slices(cluster(), index_, {"old"})).value(), 0u);
}

TEST_F(Life, LetsExactlyOneOfSeveralWritersPublishEachToken) {
  Charges charges(index_);
  charges.add("s1", "USD", "1");
  load(charges.take_body());
  constexpr std::uint64_t rounds = 25;
  constexpr int writers = 4;
  ASSERT_EQ(run_task(read_token(cluster(), feed())).value(), 0u);
  for (std::uint64_t token = 0; token < rounds; ++token) {
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer) {
      threads.emplace_back([this, token, writer, &won, &lost] {
        const auto own = connect();
        const auto published =
            run_task(publish(*own, feed(), token, showing({"by-" + std::to_string(writer)})));
        if (published) ++won;
        if (!published && published.error().code == Errc::conflict) ++lost;
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(won, 1) << "token " << token;
    ASSERT_EQ(lost, writers - 1) << "token " << token;
  }
  EXPECT_EQ(run_task(read_token(cluster(), feed())).value(), rounds);
}

TEST_F(Life, RegistersManyFeedsAtOnce) {
  std::atomic<int> zero{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 8; ++writer) {
    // Every feed is registered by two at the same time.
    threads.emplace_back([this, writer, &zero] {
      const auto own = connect();
      const auto token = run_task(read_token(*own, feed() + "-" + std::to_string(writer / 2)));
      if (token && *token == 0) ++zero;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(zero, 8);
}

TEST_F(Life, KeepsUnknownColumnsWithoutEndangeringTheMapping) {
  BulkBody body;
  body.index = index_;
  for (int i = 0; i < 3; ++i) {
    body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
    body.bytes += R"({"create":{"_id":"wide-)" + std::to_string(i) +
                  R"("}})"
                  "\n"
                  R"({"x_SliceId":"s","x_Long":")" +
                  std::string(20'000, 'x') + R"(","x_Mixed":)" + (i == 0 ? "1" : "1.5");
    for (int column = 0; column < 700; ++column) {
      body.bytes += R"(,"x_C)" + std::to_string(i) + "_" + std::to_string(column) + R"(":"v")";
    }
    body.bytes += "}\n";
  }
  load(body);
  ask("POST", "/" + index_ + "/_refresh");
  const std::string answer =
      ask("POST", "/" + index_ + "/_search?filter_path=aggregations.mixed.value",
          R"({"size":0,"aggs":{"mixed":{"sum":{"field":"x_Mixed"}}}})");
  EXPECT_EQ(answer, R"({"aggregations":{"mixed":{"value":4.0}}})");
}

}  // namespace
}  // namespace billow::elastic
