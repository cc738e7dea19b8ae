#include "elastic/lease.hpp"

#include "fake_server.hpp"
#include "run_task.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

using namespace std::chrono_literals;

struct DecisionCase {
  const char* name;
  LeaseView view;
  LeaseMove move;
  std::chrono::milliseconds look_again;
};

class DecideLease : public testing::TestWithParam<DecisionCase> {};

TEST_P(DecideLease, FollowsTheTable) {
  const LeaseDecision decision = decide_lease(GetParam().view, 30s);
  EXPECT_EQ(decision.move, GetParam().move);
  EXPECT_EQ(decision.look_again, GetParam().look_again);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, DecideLease,
    testing::Values(
        DecisionCase{"NobodyHoldsIt", {"", false, false, 0ms}, LeaseMove::take, 0ms},
        DecisionCase{"FreeForLong", {"", false, false, 1h}, LeaseMove::take, 0ms},
        DecisionCase{"WeHoldItByALostAnswer", {"a:1:x", true, false, 0ms}, LeaseMove::take, 0ms},
        DecisionCase{"FirstSightOfAHolder", {"a:1:x", false, false, 0ms}, LeaseMove::wait, 10s},
        DecisionCase{"StillYoung", {"a:1:x", false, false, 19s}, LeaseMove::wait, 10s},
        DecisionCase{"AlmostOver", {"a:1:x", false, false, 29'999ms}, LeaseMove::wait, 1ms},
        DecisionCase{"Over", {"a:1:x", false, false, 30s}, LeaseMove::take_over, 0ms},
        DecisionCase{"LongOver", {"a:1:x", false, false, 2h}, LeaseMove::take_over, 0ms},
        DecisionCase{"DeadOnThisMachine", {"a:1:x", false, true, 0ms}, LeaseMove::take_over, 0ms}),
    [](const auto& one) { return one.param.name; });

Lease a_lease() {
  Lease lease;
  lease.feed = "f";
  lease.holder = {"host:7:abc", "m1"};
  lease.renewed_at = "2026-06-01T00:00:00Z";
  lease.beat = 3;
  return lease;
}

std::string answer_with(const Lease& lease, int seq_no) {
  return R"({"_id":"lease-f","_seq_no":)" + std::to_string(seq_no) +
         R"(,"_primary_term":1,"found":true,"_source":)" + lease_json(lease) + "}";
}

std::unique_ptr<Cluster> connect_at_once(const FakeServer& server) {
  Config config;
  config.urls = {server.url()};
  RetryPolicy retry;
  retry.jitter = [] { return 0.0; };
  return Cluster::connect(std::move(config), std::move(retry)).value();
}

TEST(LeaseDocument, ReadsBackWhatItSays) {
  Lease lease = a_lease();
  lease.checked_at = "2026-05-31T23:00:00Z";
  lease.checked_ok = true;
  const auto stored = read_lease_answer(answer_with(lease, 41)).value();
  EXPECT_EQ(stored.version, (LeaseVersion{41, 1}));
  EXPECT_EQ(stored.lease.feed, "f");
  EXPECT_EQ(stored.lease.holder.name, "host:7:abc");
  EXPECT_EQ(stored.lease.holder.machine, "m1");
  EXPECT_EQ(stored.lease.beat, 3u);
  EXPECT_EQ(stored.lease.checked_at, "2026-05-31T23:00:00Z");
  EXPECT_TRUE(stored.lease.checked_ok);
}

TEST(LeaseDocument, OneThatAHandHasDamagedIsFree) {
  const auto stored = read_lease_answer(
      R"({"_seq_no":1,"_primary_term":2,"_source":{"Holder":7,"Beat":"x","CheckedOk":"yes"}})");
  ASSERT_TRUE(stored) << stored.error().detail;
  EXPECT_EQ(stored->lease.holder.name, "");
  EXPECT_EQ(stored->lease.beat, 0u);
}

TEST(LeaseDocument, AnAnswerWithoutAVersionIsAnError) {
  EXPECT_EQ(read_lease_answer(R"({"_source":{}})").error().code, Errc::malformed);
  EXPECT_EQ(read_lease_answer("<html>").error().code, Errc::malformed);
}

TEST(WriteLease, TheFirstWriteMayOnlyCreate) {
  FakeServer server([](const Received&) {
    return Reply(201, R"({"result":"created","_seq_no":0,"_primary_term":1})");
  });
  const auto cluster = connect_at_once(server);
  const auto version = run_task(write_lease(*cluster, a_lease(), std::nullopt));
  ASSERT_TRUE(version) << version.error().detail;
  EXPECT_EQ(*version, (LeaseVersion{0, 1}));
  EXPECT_EQ(server.received().front().target, "/billow-state/_doc/lease-f?op_type=create");
}

TEST(WriteLease, LaterWritesNameTheVersionTheyReplace) {
  FakeServer server([](const Received&) {
    return Reply(200, R"({"result":"updated","_seq_no":6,"_primary_term":2})");
  });
  const auto cluster = connect_at_once(server);
  const auto version = run_task(write_lease(*cluster, a_lease(), LeaseVersion{5, 2}));
  EXPECT_EQ(version.value(), (LeaseVersion{6, 2}));
  EXPECT_EQ(server.received().front().target,
            "/billow-state/_doc/lease-f?if_seq_no=5&if_primary_term=2");
}

TEST(WriteLease, IsAConflictWhenAnotherProcessWasFirst) {
  FakeServer server([](const Received& request) {
    Lease other = a_lease();
    other.holder.name = "other:9:def";
    if (request.method == "GET") return Reply(200, answer_with(other, 6));
    return Reply(409, R"({"error":{"type":"version_conflict_engine_exception"},"status":409})");
  });
  const auto cluster = connect_at_once(server);
  const auto version = run_task(write_lease(*cluster, a_lease(), LeaseVersion{5, 2}));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, Errc::conflict);
  EXPECT_NE(version.error().detail.find("other:9:def"), std::string::npos);
}

TEST(WriteLease, CountsAWriteOfOursWhoseAnswerWasLost) {
  int calls = 0;
  FakeServer server([&calls](const Received& request) {
    if (request.method == "GET") return Reply(200, answer_with(a_lease(), 6));
    if (++calls == 1) {
      Reply lost;
      lost.cut = Reply::Cut::before_answer;
      return lost;
    }
    return Reply(409, R"({"error":{"type":"version_conflict_engine_exception"},"status":409})");
  });
  const auto cluster = connect_at_once(server);
  const auto version = run_task(write_lease(*cluster, a_lease(), LeaseVersion{5, 1}));
  ASSERT_TRUE(version) << version.error().detail;
  EXPECT_EQ(*version, (LeaseVersion{6, 1}));
}

TEST(ReadLease, AMissingDocumentIsNoLease) {
  FakeServer server([](const Received&) { return Reply(404, R"({"found":false})"); });
  const auto cluster = connect_at_once(server);
  const auto stored = run_task(read_lease(*cluster, "f"));
  ASSERT_TRUE(stored) << stored.error().detail;
  EXPECT_FALSE(*stored);
}

}  // namespace
}  // namespace billow::elastic
