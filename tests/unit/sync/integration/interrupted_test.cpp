#include "../../elastic/run_task.hpp"
#include "door.hpp"
#include "period.hpp"
#include "sync/situation.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

namespace billow::sync {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

/// Passes that end at one of their writes, and what the next one makes of it.
class InterruptedTest : public PeriodTest {
 protected:
  void SetUp() override {
    PeriodTest::SetUp();
    if (!IsSkipped()) through_door_ = door_.connect();
  }
  /// A pass that ends at the write after so many. Readers then see what they saw before or what
  /// they would see after it, and the model is told which.
  DeliveryOutcome interrupt(const Delivery& delivery, const Statement& statement, int writes,
                            bool force) {
    const std::string before = shown_delivery();
    door_.open(writes);
    DeliveryOutcome outcome = sync(*through_door_, delivery, force);
    door_.open(-1);
    const bool whole = !outcome.error && outcome.verdict != Verdict::withheld;
    if (whole || shown_delivery() != before) model_.apply(delivery.id, statement);
    EXPECT_EQ(lines_seen(), model_.lines()) << "ended at write " << writes;
    return outcome;
  }
  /// Interrupts it at every write in turn, each time over what `before` publishes, until it goes
  /// through; each time the next pass brings it to its end.
  void expect_mended_at_every_write(const std::vector<Statement>& before,
                                    const Statement& statement) {
    for (const Statement& one : before) publish(one);
    Model start = model_;
    for (int writes = 0; writes < 100; ++writes) {
      SCOPED_TRACE(writes);
      const Delivery delivery = deliver(statement);
      const bool done = !interrupt(delivery, statement, writes, false).error;
      const DeliveryOutcome mended = sync(delivery);
      ASSERT_FALSE(mended.error) << mended.error->detail;
      model_ = start;
      model_.apply(delivery.id, statement);
      expect_model();
      start = model_;
      if (done) return;
    }
    FAIL() << "it never went through";
  }

  /// What is stored of the period, and its records.
  Situation found() { return run_task(read_situation(cluster(), feed(), period)).value(); }
  /// Interrupts it at later and later writes, until `reached` of what is left.
  template <class Reached>
  void interrupt_until(const Delivery& delivery, const Statement& statement, Reached reached) {
    for (int writes = 0; !reached(found()); ++writes) {
      ASSERT_LT(writes, 100) << "it never came so far";
      interrupt(delivery, statement, writes, false);
    }
  }

  Door door_;
  std::unique_ptr<elastic::Cluster> through_door_;
};

TEST_F(InterruptedTest, ADeltaIsAddedOnceWhereverItsPassEnded) {
  expect_mended_at_every_write({{in_addition, {{1, "1.5", "a"}}}},
                               {in_addition, {{1, "1.5", "a"}, {2, "2", "b"}}});
  EXPECT_THAT(chain_findings(), IsEmpty());
}

TEST_F(InterruptedTest, AWindowReplacesItsDaysWhereverItsPassEnded) {
  std::vector<Statement> before = {{days(1, 3), {{1, "1", "a"}, {3, "3", "c"}}}};
  publish(before[0]);
  int changing = 0;
  Model start = model_;
  for (int writes = 0; writes < 100; ++writes) {
    SCOPED_TRACE(writes);
    // Another amount each time, so that there is something to replace.
    const Statement statement = {days(2, 3), {{2, std::to_string(++changing), "b"}}};
    const Delivery delivery = deliver(statement);
    const bool done = !interrupt(delivery, statement, writes, false).error;
    ASSERT_FALSE(sync(delivery).error);
    model_ = start;
    model_.apply(delivery.id, statement);
    expect_model();
    start = model_;
    if (done) break;
  }
  EXPECT_GT(changing, 8);
  EXPECT_THAT(chain_findings(), IsEmpty());
}

TEST_F(InterruptedTest, WhatTwoPassesLoadNeverHasTheSameIds) {
  const Statement statement = {all_of_it, {{1, "1", "a"}, {2, "2", "b"}}};
  const Delivery delivery = deliver(statement);
  interrupt_until(delivery, statement, [](const Situation& left) { return !left.stored.empty(); });
  if (HasFatalFailure()) return;
  const std::vector<std::string> loaded = found().stored;
  ASSERT_FALSE(sync(delivery).error);
  // Whoever loaded the first ones may be alive and take them away when he fails.
  for (const std::string& id : found().stored) EXPECT_THAT(loaded, Not(Contains(id)));
  model_.apply(delivery.id, statement);
  expect_model();
}

TEST_F(InterruptedTest, WhatWasTakenAwayIsNotPublishedByWhoeverHadLoadedIt) {
  publish({all_of_it, {{1, "1", "a"}}});
  const Statement statement = {all_of_it, {{1, "2", "a"}}};
  const auto is_verified = [](const Situation& left) {
    return std::ranges::find(left.open, DeliveryState::verified, &DeliveryRecord::state) !=
           left.open.end();
  };
  interrupt_until(deliver(statement), statement, is_verified);
  if (HasFatalFailure()) return;
  const Situation left = found();
  const DeliveryRecord attempt =
      *std::ranges::find(left.open, DeliveryState::verified, &DeliveryRecord::state);
  // A pass that takes the slices away and loads nothing itself.
  ASSERT_EQ(sync(deliver({all_of_it, {{1, "a lot", "a"}}})).verdict, Verdict::withheld);
  elastic::Visible shown;
  shown.index = left.target;
  shown.delivery_id = attempt.document_id();
  shown.slice_ids = slice_ids(attempt.slices);
  const auto late = run_task(elastic::publish(cluster(), feed(), attempt.token, {shown}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  expect_model();
}

TEST_F(InterruptedTest, APublicationIsRecordedThoughItsDeliverySaysThatItIsSettled) {
  const Statement statement = {all_of_it, {{1, "1", "a"}}};
  const Delivery delivery = deliver(statement);
  interrupt_until(delivery, statement,
                  [](const Situation& left) { return left.shown.has_value(); });
  if (HasFatalFailure()) return;
  ASSERT_FALSE(chain_findings().empty()) << "its pass ended before it was recorded";
  DeliveryRecord settled = *shown_record();
  settled.state = DeliveryState::published;
  ask("PUT", "/billow-deliveries/_doc/" + settled.document_id() + "?refresh=true",
      settled.to_json());
  EXPECT_EQ(sync(delivery).verdict, Verdict::unchanged);
  EXPECT_THAT(chain_findings(), IsEmpty());
  expect_model();
}

/// A statement by chance, about the first days of the month. A feed states windows or deltas, and
/// now and then all of a period.
Statement some_statement(std::mt19937& random, DeliveryKind stated) {
  const auto below = [&random](unsigned bound) { return static_cast<int>(random() % bound); };
  Statement made;
  int first = 1;
  int last = 5;
  if (below(5) != 0) made.coverage.kind = stated;
  if (made.coverage.kind == DeliveryKind::window) {
    first = 1 + below(4);
    last = first + below(3);
    made.coverage = days(first, last);
  }
  for (int line = below(5); line > 0; --line) {
    Line one;
    one.day = first + below(static_cast<unsigned>(last - first + 1));
    one.cost = std::to_string(below(3)) + "." + std::to_string(below(4)) + "1";
    one.name = std::string(1, static_cast<char>('a' + below(3)));
    one.long_period = below(6) == 0;
    made.lines.push_back(one);
  }
  if (below(8) == 0) made.lines.push_back({first, "a lot", "dead", false});
  return made;
}

TEST_F(InterruptedTest, AnySequenceEndsAsAPlainListOfLinesWould) {
  const char* wanted = std::getenv("BILLOW_TEST_SEQUENCES");
  const unsigned sequences = wanted == nullptr ? 8 : static_cast<unsigned>(std::atoi(wanted));
  for (unsigned seed = 1; seed <= sequences; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const DeliveryKind stated = seed % 2 == 0 ? DeliveryKind::window : DeliveryKind::delta;
    std::vector<std::pair<Statement, Delivery>> offered;
    for (int step = 0; step < 6; ++step) {
      if (offered.empty() || random() % 3 != 0) {
        const Statement statement = some_statement(random, stated);
        offered.emplace_back(statement, deliver(statement));
      }
      const auto& [statement, delivery] =
          offered[random() % 4 == 0 ? random() % offered.size() : offered.size() - 1];
      config_.dead_letters =
          random() % 2 == 0 ? feed::DeadLetterPolicy::publish : feed::DeadLetterPolicy::withhold;
      const int writes = random() % 2 == 0 ? -1 : static_cast<int>(random() % 14);
      interrupt(delivery, statement, writes, random() % 5 == 0);
      if (HasFailure()) return;
    }
    publish({all_of_it, {{1, "1", "end"}}});
    expect_model();
    if (HasFailure()) return;
  }
  EXPECT_THAT(chain_findings(), IsEmpty());
}

}  // namespace
}  // namespace billow::sync
