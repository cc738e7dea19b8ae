#include "elastic/bulk_writer.hpp"

#include "fake_bulk.hpp"
#include "run_task.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace billow::elastic {
namespace {

namespace asio = boost::asio;
using EventKind = BulkEvent::Kind;

/// Counts what the writer tells.
struct Events {
  std::map<EventKind, int> count;
  int connections_least = 1'000;
  int connections_last = 0;
  std::function<void(const BulkEvent&)> observer() {
    return [this](const BulkEvent& event) {
      ++count[event.kind];
      connections_least = std::min(connections_least, event.connections);
      connections_last = event.connections;
    };
  }
};

BulkOptions options_of(Events& events, std::size_t connections = 2) {
  BulkOptions options;
  options.connections = connections;
  options.retry.attempts_max = 0;
  options.retry.jitter = [] { return 0.0; };
  options.observer = events.observer();
  return options;
}

Task<BulkOutcome> write(Cluster& cluster, BulkOptions options, std::vector<BulkBody> bodies) {
  BulkWriter writer(cluster, std::move(options));
  for (BulkBody& body : bodies) {
    auto submitted = co_await writer.submit(std::move(body));
    if (!submitted) co_return submitted.error();
  }
  co_return co_await writer.drain();
}

std::unique_ptr<Cluster> connect_to(const FakeServer& server) {
  Config config;
  config.urls = {server.url()};
  return Cluster::connect(config).value();
}

std::vector<BulkBody> bodies_of(int bodies, int items, std::size_t bytes = 40) {
  std::vector<BulkBody> made;
  for (int i = 0; i < bodies; ++i) made.push_back(make_body("doc", items, i * items, bytes));
  return made;
}

std::uint64_t fates(const BulkOutcome& outcome) {
  return outcome.stored + outcome.already_there + outcome.missing + outcome.rejected;
}

/// A server that answers request n (from 0) with `special(n)`, or lets the model answer where that
/// is nothing.
struct Scripted {
  using Special = std::function<std::optional<Reply>(int, const Received&, FakeBulk&)>;
  explicit Scripted(Special special_)
      : special(std::move(special_)), server([this](const Received& request) {
          auto reply = special(requests++, request, bulk);
          return reply ? *std::move(reply) : bulk.apply(request);
        }) {}
  FakeBulk bulk;
  int requests = 0;
  Special special;
  FakeServer server;
};

/// Everything that was submitted is stored, once, and has a fate.
void expect_complete(Scripted& fake, const BulkOutcome& outcome, std::uint64_t items) {
  const auto hold = fake.server.hold();
  EXPECT_EQ(outcome.submitted, items);
  EXPECT_EQ(fates(outcome), items);
  EXPECT_EQ(fake.bulk.documents.size() + outcome.rejected, items);
  for (const auto& [id, times] : fake.bulk.times_stored) EXPECT_EQ(times, 1) << id;
}

std::optional<Reply> nothing(int, const Received&, FakeBulk&) { return std::nullopt; }

TEST(BulkWriter, StoresEverythingItIsGiven) {
  Scripted fake(nothing);
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(20, 50)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 1'000u);
  expect_complete(fake, *outcome, 1'000);
  EXPECT_EQ(events.count[EventKind::request], 20);
  EXPECT_EQ(events.count.size(), 1u);
}

Task<std::vector<BulkBody>> write_and_take_used(Cluster& cluster, BulkOptions options,
                                                std::vector<BulkBody> bodies) {
  BulkWriter writer(cluster, std::move(options));
  std::vector<BulkBody> used;
  for (BulkBody& body : bodies) {
    auto submitted = co_await writer.submit(std::move(body));
    if (!submitted) co_return submitted.error();
    auto drained = co_await writer.drain();
    if (!drained) co_return drained.error();
    for (BulkBody& taken : writer.take_used()) used.push_back(std::move(taken));
  }
  co_return used;
}

TEST(BulkWriter, GivesBackTheMemoryOfEachBodyOnce) {
  Scripted fake(nothing);
  Events events;
  std::vector<BulkBody> bodies = bodies_of(3, 50);
  std::set<const char*> submitted;
  for (const BulkBody& body : bodies) submitted.insert(body.bytes.data());
  const auto cluster = connect_to(fake.server);
  auto writing = write_and_take_used(*cluster, options_of(events), std::move(bodies));
  const auto used = run_task(std::move(writing));
  ASSERT_TRUE(used) << used.error().detail;
  ASSERT_EQ(used->size(), 3u);
  std::set<const char*> taken;
  for (const BulkBody& body : *used) taken.insert(body.bytes.data());
  EXPECT_EQ(taken, submitted);
}

TEST(BulkWriter, HalvesWhatIsRefusedWhileItIsStillSent) {
  Scripted fake(nothing);
  fake.server.refuse_bodies_over(3 * limits::MiB, FakeServer::Refusal::answered);
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(2, 5'000, 2'000)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 10'000);
  EXPECT_GE(events.count[EventKind::halved], 1);
}

TEST(BulkWriter, HalvesWhatIsCutAgainAndAgainWithoutAWord) {
  Scripted fake(nothing);
  fake.server.refuse_bodies_over(3 * limits::MiB, FakeServer::Refusal::silent);
  Events events;
  BulkOptions options = options_of(events);
  options.retry.delay_base = std::chrono::milliseconds{1};
  const auto outcome =
      run_task(write(*connect_to(fake.server), std::move(options), bodies_of(2, 5'000, 2'000)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 10'000);
  EXPECT_EQ(events.count[EventKind::halved], 6) << "10 MB to 5 to 2.5, for both bodies";
}

TEST(BulkWriter, SendsSmallBodiesAgainWhole) {
  int cuts = 0;
  Scripted fake([&cuts](int, const Received&, FakeBulk&) -> std::optional<Reply> {
    if (++cuts > 6) return std::nullopt;
    Reply reply;
    reply.cut = Reply::Cut::before_answer;
    return reply;
  });
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events, 1), bodies_of(1, 50)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 50);
  EXPECT_EQ(events.count[EventKind::halved], 0);
}

TEST(BulkWriter, CountsDuplicatesAndMissingDocuments) {
  Scripted fake(nothing);
  Events events;
  std::vector<BulkBody> bodies;
  bodies.push_back(make_body("doc", 10));
  bodies.push_back(make_body("doc", 10));
  bodies.push_back(make_deletes("gone", 5));
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events, 1), std::move(bodies)));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->stored, 10u);
  EXPECT_EQ(outcome->already_there, 10u);
  EXPECT_EQ(outcome->missing, 5u);
}

TEST(BulkWriter, SendsOnlyTheThrottledItemsAgain) {
  Scripted fake(nothing);
  std::mt19937 random(42);
  fake.bulk.refuse = [&random, &fake](const FakeAction& action) {
    EXPECT_FALSE(fake.bulk.documents.contains(action.id))
        << "sent again though stored: " << action.id;
    return random() % 10 < 3 ? 429 : 0;
  };
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events, 4), bodies_of(20, 100)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 2'000u);
  expect_complete(fake, *outcome, 2'000);
  EXPECT_GT(events.count[EventKind::retried_items], 0);
  EXPECT_GT(events.count[EventKind::throttled], 0);
  EXPECT_EQ(events.connections_least, 1);
}

TEST(BulkWriter, SurvivesAStormOf429WithOneRequestAtATimeAndRecovers) {
  Scripted fake([](int n, const Received&, FakeBulk&) -> std::optional<Reply> {
    if (n < 40)
      return Reply(
          429,
          R"({"error":{"type":"es_rejected_execution_exception","reason":"full"},"status":429})");
    return std::nullopt;
  });
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events, 4), bodies_of(60, 5)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 300);
  EXPECT_EQ(events.count[EventKind::throttled], 40);
  EXPECT_EQ(events.connections_least, 1);
  EXPECT_EQ(events.connections_last, 4);
}

TEST(BulkWriter, SendsLessAtATimeWhileTheClusterIsManyTimesSlowerThanBefore) {
  using Clock = std::chrono::steady_clock;
  constexpr int quick = 24;
  const auto begun = Clock::now();
  Clock::duration usual{};
  Scripted fake([&](int n, const Received&, FakeBulk&) -> std::optional<Reply> {
    if (n == quick) usual = (Clock::now() - begun) / quick;
    if (n >= quick) std::this_thread::sleep_for(20 * usual);
    return std::nullopt;
  });
  Events events;
  const auto outcome = run_task(
      write(*connect_to(fake.server), options_of(events, 4), bodies_of(quick + 8, 3, 100'000)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 3 * (quick + 8));
  EXPECT_EQ(events.count[EventKind::throttled], 0);
  EXPECT_LT(events.connections_least, 4);
}

TEST(BulkWriter, ResendsWhatHasNoAnswerAndCountsWhatWasStoredAlready) {
  // Each is applied before the answer gets lost: the worst case.
  Scripted fake([](int n, const Received& request, FakeBulk& bulk) -> std::optional<Reply> {
    if (n > 5) return std::nullopt;
    Reply reply = bulk.apply(request);
    switch (n) {
      case 0:
        reply.cut = Reply::Cut::in_body;
        break;
      case 1:
        reply.body.resize(reply.body.size() / 2);
        break;
      case 2:
        reply.body = R"({"errors":false,"took":1,"items":[{"create":{"status":201}}]})";
        break;
      case 3:
        reply.body.insert(reply.body.find("[") + 1, R"({"create":{"status":201}},)");
        break;
      case 4:
        reply.body = "<html>Please sign in</html>";
        reply.content_type = "text/html";
        break;
      default:
        reply.status = 503;
    }
    return reply;
  });
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(3, 20)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 60);
  EXPECT_GT(outcome->already_there, 0u);
  EXPECT_EQ(events.count[EventKind::unknown_answer], 5);
}

TEST(BulkWriter, ResendsAfterTheConnectionIsCutBeforeAnyAnswer) {
  // Of each body: one may be sent more often than the other before that is sent at all.
  std::map<std::string, int> tries;
  Scripted fake([&tries](int, const Received& request, FakeBulk& bulk) -> std::optional<Reply> {
    if (++tries[request.body] > 2) return std::nullopt;
    Reply reply = bulk.apply(request);
    reply.cut = Reply::Cut::before_answer;
    return reply;
  });
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(2, 20)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 40);
  EXPECT_EQ(outcome->already_there, 40u);
}

TEST(BulkWriter, HalvesWhatIsTooLargeRemembersItAndRejectsASingleItemOverTheLimit) {
  constexpr std::size_t limit = 3'000;
  std::size_t largest_late = 0;
  Scripted fake([&largest_late](int n, const Received& request, FakeBulk&) -> std::optional<Reply> {
    if (n > 12) largest_late = std::max(largest_late, request.body.size());
    if (request.body.size() > limit) return Reply(413, "");
    return std::nullopt;
  });
  Events events;
  std::vector<BulkBody> bodies = bodies_of(5, 100, 100);
  BulkBody mixed = make_body("small", 3);
  const BulkBody large = make_body("large", 1, 0, 5'000);
  mixed.offsets.push_back(static_cast<std::uint32_t>(mixed.bytes.size()));
  mixed.bytes += large.bytes;
  bodies.push_back(mixed);
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events, 1), std::move(bodies)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 503u);
  EXPECT_EQ(outcome->rejected, 1u);
  expect_complete(fake, *outcome, 504);
  ASSERT_EQ(outcome->rejected_items.size(), 1u);
  EXPECT_EQ(outcome->rejected_items[0].status, 413);
  EXPECT_TRUE(outcome->rejected_items[0].item.starts_with(R"({"create":{"_id":"large-0"}})"));
  EXPECT_GT(events.count[EventKind::halved], 0);
  EXPECT_LE(events.count[EventKind::halved], 10);
  const auto hold = fake.server.hold();
  EXPECT_LE(largest_late, large.bytes.size());
}

TEST(BulkWriter, RejectsPoisonedItemsAndStoresTheRest) {
  Scripted fake(nothing);
  fake.bulk.refuse = [](const FakeAction& action) {
    return action.id == "doc-7" || action.id == "doc-90" ? 400 : 0;
  };
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(10, 10)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 98u);
  expect_complete(fake, *outcome, 100);
  std::set<std::string> reasons;
  for (const RejectedItem& item : outcome->rejected_items) {
    EXPECT_EQ(item.status, 400);
    reasons.insert(item.reason);
  }
  EXPECT_EQ(outcome->rejected_items.size(), 2u);
  EXPECT_EQ(reasons, std::set<std::string>{"document_parsing_exception: cannot parse \"x\""});
}

TEST(BulkWriter, FindsTheOneItemThatMakesTheWholeRequestFail) {
  Scripted fake([](int, const Received& request, FakeBulk&) -> std::optional<Reply> {
    if (request.body.find(R"("doc-13")") == std::string::npos) return std::nullopt;
    return Reply(
        400,
        R"({"error":{"type":"illegal_argument_exception","reason":"Malformed action line"},"status":400})");
  });
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(2, 64)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 128);
  ASSERT_EQ(outcome->rejected, 1u);
  EXPECT_TRUE(outcome->rejected_items[0].item.starts_with(R"({"create":{"_id":"doc-13"}})"));
  EXPECT_NE(outcome->rejected_items[0].reason.find("Malformed action line"), std::string::npos);
  EXPECT_EQ(events.count[EventKind::halved], 6);  // 64, 32, 16, 8, 4, 2
}

TEST(BulkWriter, StopsWhenAnItemMayNotBeWritten) {
  Scripted fake(nothing);
  fake.bulk.refuse = [](const FakeAction& action) { return action.id == "doc-25" ? 403 : 0; };
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events, 1), bodies_of(100, 10)));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unauthorized);
  EXPECT_NE(outcome.error().detail.find("security_exception: may not"), std::string::npos);
  EXPECT_LT(fake.server.received().size(), 100u);
}

TEST(BulkWriter, StopsWhenTheIndexIsMissing) {
  Scripted fake(nothing);
  fake.bulk.refuse = [](const FakeAction&) { return 404; };
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(3, 10)));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::not_found);
}

TEST(BulkWriter, WaitsWhileADiskIsFull) {
  Scripted fake([](int n, const Received&, FakeBulk&) -> std::optional<Reply> {
    if (n >= 3) return std::nullopt;
    return Reply(
        200,
        R"({"errors":true,"took":1,"items":[{"create":{"status":403,"error":{"type":"cluster_block_exception",)"
        R"("reason":"index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"}}}]})");
  });
  Events events;
  const auto outcome =
      run_task(write(*connect_to(fake.server), options_of(events), bodies_of(1, 1)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->stored, 1u);
  EXPECT_EQ(events.count[EventKind::retried_items], 3);
}

TEST(BulkWriter, GivesUpWhenItsTriesAreBounded) {
  Scripted fake(
      [](int, const Received&, FakeBulk&) -> std::optional<Reply> { return Reply(503, "{}"); });
  Events events;
  BulkOptions options = options_of(events);
  options.retry.attempts_max = 3;
  const auto outcome =
      run_task(write(*connect_to(fake.server), std::move(options), bodies_of(1, 5)));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::transient);
  EXPECT_EQ(fake.server.received().size(), 3u);
}

TEST(BulkWriter, CompressesOnAWorkerWhenTold) {
  Scripted fake(nothing);
  Events events;
  WorkerPool pool(2);
  BulkOptions options = options_of(events);
  options.gzip = true;
  options.pool = &pool;
  const auto outcome =
      run_task(write(*connect_to(fake.server), std::move(options), bodies_of(8, 100)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 800);
  EXPECT_EQ(fake.server.received().at(0).headers.at("content-encoding"), "gzip");
}

/// A server that answers nothing until it is released.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for_first() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

/// Submits body after body and counts those that were taken.
asio::awaitable<void> submit_all(BulkWriter& writer, int bodies, int& taken,
                                 std::optional<Result<BulkOutcome>>& end) {
  for (int i = 0; i < bodies; ++i) {
    auto submitted = co_await writer.submit(make_body("doc", 2, 2 * i));
    if (!submitted) break;
    ++taken;
  }
  end.emplace(co_await writer.drain());
}

/// Runs `io` on this thread until the server holds a first request.
void run_until_held(asio::io_context& io, Gate& gate) {
  std::thread runner([&io] { io.run(); });
  gate.wait_for_first();
  io.stop();
  runner.join();
  io.restart();
  io.poll();
}

TEST(BulkWriter, StopsTakingBodiesWhileTheClusterIsSlow) {
  Gate gate;
  Scripted fake([&gate](int, const Received&, FakeBulk&) -> std::optional<Reply> {
    gate.pass();
    return std::nullopt;
  });
  const auto cluster = connect_to(fake.server);
  Events events;
  asio::io_context& io = test_io();
  io.restart();
  BulkWriter writer(*cluster, options_of(events, 3));
  int taken = 0;
  std::optional<Result<BulkOutcome>> end;
  asio::co_spawn(io, submit_all(writer, 50, taken, end), asio::detached);
  run_until_held(io, gate);
  EXPECT_EQ(taken, 3 + static_cast<int>(limits::bulk_queued_max));
  gate.open();
  io.run();
  EXPECT_EQ(taken, 50);
  ASSERT_TRUE(end && *end);
  expect_complete(fake, **end, 100);
}

TEST(BulkWriter, EndsAtOnceWhenItIsCancelled) {
  Gate gate;
  Scripted fake([&gate](int, const Received&, FakeBulk&) -> std::optional<Reply> {
    gate.pass();
    return std::nullopt;
  });
  const auto cluster = connect_to(fake.server);
  Events events;
  asio::io_context& io = test_io();
  io.restart();
  BulkWriter writer(*cluster, options_of(events));
  int taken = 0;
  std::optional<Result<BulkOutcome>> end;
  asio::co_spawn(io, submit_all(writer, 50, taken, end), asio::detached);
  run_until_held(io, gate);
  writer.cancel();
  io.run();  // returns: nothing is left waiting for the server
  ASSERT_TRUE(end);
  ASSERT_FALSE(*end);
  EXPECT_EQ(end->error().code, Errc::cancelled);
  EXPECT_EQ(run_task(writer.submit(make_body("late", 1))).error().code, Errc::cancelled);
  gate.open();
}

TEST(BulkWriter, LeavesNothingBehindWhenItIsDestroyedWithRequestsInFlight) {
  Gate gate;
  Scripted fake([&gate](int, const Received&, FakeBulk&) -> std::optional<Reply> {
    gate.pass();
    return std::nullopt;
  });
  asio::io_context& io = test_io();
  io.restart();
  {
    auto cluster = connect_to(fake.server);
    Events events;
    BulkOptions options = options_of(events);
    options.observer = nullptr;
    auto writer = std::make_unique<BulkWriter>(*cluster, std::move(options));
    std::optional<Result<void>> submitted;
    asio::co_spawn(io, keep_result(writer->submit(make_body("doc", 2)), submitted), asio::detached);
    run_until_held(io, gate);
    writer.reset();
    cluster.reset();
  }
  io.run();
  gate.open();
}

TEST(BulkWriter, GoesOnWithANewKeyAfterA401) {
  std::string folder = testing::TempDir() + "billow-bulk-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/key";
  std::ofstream(path) << "old:key";
  bool rotated =
      false;  // once: a second request under the old key must not catch the file half written
  Scripted fake([&](int n, const Received& request, FakeBulk&) -> std::optional<Reply> {
    const bool fresh = request.headers.at("authorization") == "ApiKey bmV3OmtleQ==";
    if (n < 3 || fresh) return std::nullopt;
    if (!rotated) std::ofstream(path) << "new:key";
    rotated = true;
    return Reply(401, R"({"error":{"type":"security_exception","reason":"revoked"},"status":401})");
  });
  Config config;
  config.urls = {fake.server.url()};
  config.api_key.file = path;
  const auto cluster = Cluster::connect(config).value();
  Events events;
  const auto outcome = run_task(write(*cluster, options_of(events), bodies_of(10, 10)));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_complete(fake, *outcome, 100);
  std::remove(path.c_str());
  std::remove(folder.c_str());
}

}  // namespace
}  // namespace billow::elastic
