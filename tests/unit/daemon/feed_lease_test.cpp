#include "daemon/feed_lease.hpp"

#include "../elastic/fake_server.hpp"
#include "../elastic/run_task.hpp"

#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;
using elastic::FakeServer;
using elastic::Received;
using elastic::Reply;
using Kind = LeaseAttempt::Kind;

/// One document with compare-and-set, as Elasticsearch keeps it.
class LeaseStore {
 public:
  Reply answer(const Received& request) {
    if (request.method == "GET") {
      if (source.empty()) return Reply(404, R"({"found":false})");
      return Reply(200, version() + R"(,"found":true,"_source":)" + source + "}");
    }
    const bool create = request.target.find("op_type=create") != std::string::npos;
    const std::string expected = "if_seq_no=" + std::to_string(seq_no) + "&";
    const bool fits = create ? source.empty() : request.target.find(expected) != std::string::npos;
    if (!fits)
      return Reply(409, R"({"error":{"type":"version_conflict_engine_exception"},"status":409})");
    source = request.body;
    ++seq_no;
    if (answers_lost > 0) {
      --answers_lost;
      Reply lost;
      lost.cut = Reply::Cut::before_answer;
      return lost;
    }
    return Reply(200, version() + "}");
  }
  std::string version() const {
    return R"({"_seq_no":)" + std::to_string(seq_no) + R"(,"_primary_term":1)";
  }

  std::string source;
  int seq_no = 0;
  int answers_lost = 0;  ///< of the next writes: done, but not told
};

class FeedLeases : public testing::Test {
 protected:
  FeedLeases() {
    elastic::Config config;
    config.urls = {server_.url()};
    elastic::RetryPolicy once;
    once.attempts_max = 1;
    session_.cluster = elastic::Cluster::connect(config, once).value();
    session_.hasty_cluster = elastic::Cluster::connect(config, once).value();
    session_.configuration.lease = 60ms;
  }
  FeedLease lease_of(const std::string& name) {
    return FeedLease(session_, "f", elastic::LeaseHolder{name, ""});
  }
  LeaseAttempt attempt(FeedLease& lease, bool mind_checks = true) {
    auto made = run_task(lease.try_take(mind_checks));
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? *made : LeaseAttempt();
  }
  static Task<void> as_task(boost::asio::awaitable<void> work) {
    co_await std::move(work);
    co_return boost::system::in_place_value;
  }
  static void release(FeedLease& lease, std::optional<bool> check_ok) {
    EXPECT_TRUE(run_task(as_task(lease.release(check_ok))));
  }
  /// Tries until the lease is held; a holder that stays silent does not keep it for ever.
  LeaseAttempt insist(FeedLease& lease) {
    for (;;) {
      LeaseAttempt made = attempt(lease);
      if (made.kind == Kind::held) return made;
    }
  }

  LeaseStore store_;
  FakeServer server_{[this](const Received& request) { return store_.answer(request); }};
  Session session_;
};

TEST_F(FeedLeases, OneOfTwoProcessesGetsTheFeed) {
  FeedLease a = lease_of("a:1:x");
  FeedLease b = lease_of("b:1:y");
  EXPECT_EQ(attempt(a).kind, Kind::held);
  const LeaseAttempt refused = attempt(b);
  EXPECT_EQ(refused.kind, Kind::elsewhere);
  EXPECT_EQ(refused.holder, "a:1:x");
  EXPECT_GT(refused.look_again, 0ms);
}

TEST_F(FeedLeases, ASilentHolderIsTakenOverAndNamed) {
  FeedLease a = lease_of("a:1:x");
  FeedLease b = lease_of("b:1:y");
  attempt(a);
  EXPECT_EQ(insist(b).holder, "a:1:x");
}

TEST_F(FeedLeases, AHolderThatRenewsIsNotTakenOver) {
  session_.configuration.lease = 1h;
  FeedLease a = lease_of("a:1:x");
  FeedLease b = lease_of("b:1:y");
  attempt(a);
  attempt(b);
  attempt(a);  // writes again, as a renewal does
  EXPECT_EQ(attempt(b).kind, Kind::elsewhere);
}

TEST_F(FeedLeases, APassOfAnotherIsToldOnceAndThenTheFeedCanBeTaken) {
  FeedLease a = lease_of("a:1:x");
  FeedLease b = lease_of("b:1:y");
  attempt(a);
  attempt(b);
  release(a, true);
  const LeaseAttempt told = attempt(b);
  EXPECT_EQ(told.kind, Kind::checked);
  EXPECT_TRUE(told.checked_ok);
  EXPECT_GT(told.checked_at, 0);
  EXPECT_EQ(attempt(b).kind, Kind::held);
}

TEST_F(FeedLeases, AProcessThatBeginsDoesNotMindPassesBeforeItsTime) {
  FeedLease a = lease_of("a:1:x");
  attempt(a);
  release(a, true);
  FeedLease b = lease_of("b:1:y");
  EXPECT_EQ(attempt(b).kind, Kind::held);
}

TEST_F(FeedLeases, APassThatWasNotFinishedIsNoCheck) {
  FeedLease a = lease_of("a:1:x");
  FeedLease b = lease_of("b:1:y");
  attempt(a);
  attempt(b);
  release(a, std::nullopt);
  EXPECT_EQ(attempt(b).kind, Kind::held);
}

TEST_F(FeedLeases, AReleasedLeaseIsOursToTakeAgain) {
  FeedLease a = lease_of("a:1:x");
  attempt(a);
  release(a, true);
  EXPECT_EQ(attempt(a).kind, Kind::held);
}

TEST_F(FeedLeases, ARenewalIsLostToTheProcessThatTookOver) {
  FeedLease a = lease_of("a:1:x");
  FeedLease b = lease_of("b:1:y");
  attempt(a);
  insist(b);
  EXPECT_TRUE(run_task(as_task(a.keep())));  // returns
  EXPECT_TRUE(a.is_lost());
  release(a, true);
  FeedLease c = lease_of("c:1:z");
  EXPECT_EQ(attempt(c).holder, "b:1:y") << "what was lost is not given back";
}

TEST_F(FeedLeases, KeepingEndsWhenAnotherIsFoundAtWork) {
  session_.configuration.lease = 1h;
  FeedLease a = lease_of("a:1:x");
  attempt(a);
  a.lose();
  EXPECT_TRUE(run_task(as_task(a.keep())));
  EXPECT_TRUE(a.is_lost());
}

TEST_F(FeedLeases, AWriteWhoseAnswerWasLostDoesNotLoseTheLease) {
  FeedLease a = lease_of("a:1:x");
  store_.answers_lost = 1;
  run_task(a.try_take(true));  // it may be told as a failure, though it was done
  EXPECT_EQ(attempt(a).kind, Kind::held);
  {
    const auto held = server_.hold();
    store_.answers_lost = 2;
  }
  release(a, true);
  FeedLease b = lease_of("b:1:y");
  EXPECT_EQ(attempt(b).kind, Kind::held) << "the feed was given back";
}

}  // namespace
}  // namespace billow::daemon
