#include "daemon/feed_health.hpp"

#include "records.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using samples::record;
using samples::slice;
using sync::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr UnixSeconds noon = 1'780'000'000;

sync::DeliveryOutcome delivery(Verdict verdict, std::vector<Slice> slices,
                               const std::string& period = "2026-06") {
  sync::DeliveryOutcome made;
  made.verdict = verdict;
  made.record = record("f", period, std::move(slices));
  return made;
}

sync::DeliveryOutcome failing(Errc code) {
  auto made = delivery(Verdict::failed, {slice("x", "2026-06-30", 999, "999")});
  made.error = Error{code, "it went wrong"};
  return made;
}

sync::FeedOutcome pass_of(std::vector<sync::DeliveryOutcome> deliveries) {
  sync::FeedOutcome made;
  made.feed = "f";
  made.deliveries = std::move(deliveries);
  return made;
}

void note(FeedHealth& health, std::vector<sync::DeliveryOutcome> deliveries, UnixSeconds at = noon,
          bool whole = true) {
  const sync::FeedOutcome outcome = pass_of(std::move(deliveries));
  note_pass(health, {outcome, whole, at, std::chrono::milliseconds(1500)});
}

FeedHealth healthy() {
  FeedHealth health;
  health.feed = "f";
  note(health, {delivery(Verdict::published, {slice("m", "2026-05-31", 2, "0.2")}, "2026-05"),
                delivery(Verdict::published, {slice("a", "2026-06-01", 3, "1.1"),
                                              slice("b", "2026-06-02", 4, "2.2", "EUR")})});
  return health;
}

std::string sum(const CostSums& costs, const char* currency) {
  return costs.at(currency)[0].to_string();
}

TEST(FeedHealth, ForgetsPeriodsThatHaveNoIndexOnceAllWereLookedAt) {
  FeedHealth health = healthy();
  sync::FeedOutcome outcome = pass_of({});
  const PassNote pass{outcome, true, noon, std::chrono::milliseconds(1)};
  EXPECT_TRUE(note_pass(health, pass).empty()) << "the pass did not get that far";
  EXPECT_EQ(health.lines(), 9U);
  outcome.periods = {"2026-06", "2026-07"};
  EXPECT_EQ(note_pass(health, pass), std::vector<std::string>{"2026-05"});
  EXPECT_EQ(health.lines(), 7U);
  EXPECT_TRUE(note_pass(health, pass).empty());
}

TEST(FeedHealth, AddsUpWhatReadersSeeOfAllPeriods) {
  const FeedHealth health = healthy();
  EXPECT_EQ(health.status, "ok");
  EXPECT_EQ(health.lines(), 9U);
  EXPECT_EQ(sum(health.costs(), "USD"), "1.3");
  EXPECT_EQ(sum(health.costs(), "EUR"), "2.2");
  EXPECT_EQ(health.data_through(), parse_time("2026-06-03"));
  EXPECT_EQ(health.last_check, noon);
  EXPECT_EQ(health.last_success, noon);
}

TEST(FeedHealth, KeepsWhatReadersStillSeeWhenADeliveryFails) {
  FeedHealth health = healthy();
  note(health, {failing(Errc::unauthorized)}, noon + 60);
  EXPECT_EQ(health.status, "failing");
  EXPECT_EQ(health.error_code, "unauthorized");
  EXPECT_EQ(health.error, "it went wrong");
  EXPECT_EQ(health.lines(), 9U);
  EXPECT_EQ(health.last_check, noon + 60);
  EXPECT_EQ(health.last_success, noon);
}

TEST(FeedHealth, CountsTheFiguresThatDifferedInTheLastPass) {
  FeedHealth health = healthy();
  auto wrong = failing(Errc::mismatch);
  wrong.differences = {"a: 3 lines instead of 4", "b: 1 line instead of 2"};
  note(health, {wrong});
  EXPECT_EQ(health.mismatches, 2U);
  note(health, {delivery(Verdict::unchanged, {slice("a", "2026-06-01", 3, "1.1")})});
  EXPECT_EQ(health.mismatches, 0U);
}

TEST(FeedHealth, TellsTheDeadLettersOfAWithheldDeliveryAndKeepsTheFiguresOfTheOldOne) {
  FeedHealth health = healthy();
  auto withheld = delivery(Verdict::withheld, {slice("c", "2026-06-01", 50, "50")});
  withheld.record.rows_dead = 7;
  note(health, {withheld}, noon + 60);
  EXPECT_EQ(health.status, "withheld");
  EXPECT_EQ(health.dead_letters(), 7U);
  EXPECT_EQ(health.lines(), 9U);
  EXPECT_EQ(health.last_success, noon);
  EXPECT_EQ(health.error_code, "");
}

TEST(FeedHealth, MeasuresARestatementByWhatReadersLostAndByHowMuchTheSumMoved) {
  FeedHealth health = healthy();
  auto restated = delivery(Verdict::published, {slice("a", "2026-06-01", 3, "1.1"),
                                                slice("d", "2026-06-02", 5, "2.7", "EUR")});
  restated.before =
      record("f", "2026-06",
             {slice("a", "2026-06-01", 3, "1.1"), slice("b", "2026-06-02", 4, "2.2", "EUR")})
          .totals();
  restated.record.replaced = {slice("b", "2026-06-02", 4, "2.2", "EUR")};
  restated.record.slices_withdrawn = 1;
  restated.documents_written = 5;
  note(health, {restated}, noon + 60);
  ASSERT_TRUE(health.restatement);
  EXPECT_EQ(health.restatement->period, "2026-06");
  EXPECT_EQ(health.restatement->at, noon + 60);
  EXPECT_EQ(health.restatement->slices_replaced, 1U);
  EXPECT_EQ(health.restatement->lines_replaced, 4U);
  EXPECT_EQ(health.restatement->lines_written, 5U);
  EXPECT_EQ(health.restatement->moved.at("EUR").to_string(), "0.5");
  EXPECT_TRUE(health.restatement->moved.at("USD").is_zero());
}

sync::DeliveryOutcome pending(UnixSeconds since, const std::string& period = "2026-06") {
  auto made = delivery(Verdict::unchanged, {slice("a", "2026-06-01", 3, "1.1")}, period);
  made.pending_since = since;
  return made;
}

constexpr UnixSeconds one_day = 86'400;

TEST(FeedHealth, ADeliveryWithoutItsManifestIsNoFaultForADay) {
  FeedHealth health = healthy();
  note(health, {pending(noon)}, noon + one_day - 1);
  EXPECT_EQ(health.status, "ok");
  EXPECT_EQ(health.last_success, noon + one_day - 1);
  EXPECT_EQ(health.delivery_pending_since(), noon);
  note(health, {pending(noon)}, noon + one_day);
  EXPECT_EQ(health.status, "waiting");
  EXPECT_EQ(health.last_success, noon + one_day - 1);
  EXPECT_EQ(health.error_code, "");
  note(health, {delivery(Verdict::published, {})}, noon + one_day + 60);
  EXPECT_EQ(health.status, "ok");
  EXPECT_EQ(health.delivery_pending_since(), 0);
}

TEST(FeedHealth, FilesThatAreWrittenAgainDoNotMakeAPendingDeliveryYounger) {
  FeedHealth health = healthy();
  note(health, {pending(noon, "2026-05"), pending(noon + 60)}, noon + 120);
  note(health, {pending(noon + 3'600, "2026-05"), pending(noon + 60)}, noon + one_day);
  EXPECT_EQ(health.delivery_pending_since(), noon);
  EXPECT_EQ(health.status, "waiting");
}

TEST(FeedHealth, AFailedPassLeavesAPendingDeliveryAsItWas) {
  FeedHealth health = healthy();
  note(health, {pending(noon)}, noon + 60);
  note(health, {failing(Errc::throttled)}, noon + 120);
  EXPECT_EQ(health.delivery_pending_since(), noon);
  EXPECT_EQ(health.status, "failing");
}

TEST(FeedHealth, APendingDeliveryIsForgottenWithItsPeriodAtTheProvider) {
  FeedHealth health = healthy();
  note(health, {pending(noon, "2026-05"), pending(noon)}, noon + one_day);
  EXPECT_EQ(health.status, "waiting");
  sync::FeedOutcome outcome = pass_of({delivery(Verdict::published, {})});
  outcome.periods = {"2026-05", "2026-06"};  // readers still see the older one
  note_pass(health, {outcome, true, noon + one_day + 60, {}});
  EXPECT_EQ(health.status, "ok");
  EXPECT_EQ(health.periods.size(), 2U);
}

TEST(FeedHealth, AFirstDeliveryIsNoRestatement) { EXPECT_FALSE(healthy().restatement); }

TEST(FeedHealth, APassOverSomePeriodsSaysNothingAboutTheFeedAsAWhole) {
  FeedHealth health = healthy();
  note(health, {delivery(Verdict::published, {slice("m", "2026-05-31", 1, "9")}, "2026-05")},
       noon + 60, false);
  EXPECT_EQ(health.last_check, noon);
  EXPECT_EQ(health.last_success, noon);
  EXPECT_EQ(sum(health.costs(), "USD"), "10.1");
}

TEST(FeedHealth, IsNoSuccessOfTheFeedAfterAFirstPassOverSomePeriods) {
  FeedHealth health;
  const auto june = [] { return delivery(Verdict::published, {slice("a", "2026-06-01", 3, "1")}); };
  note(health, {june()}, noon, false);
  EXPECT_EQ(health.status, "ok");
  EXPECT_EQ(health.last_check, noon);
  EXPECT_EQ(health.last_success, 0);
  note(health, {june()}, noon + 60);
  EXPECT_EQ(health.last_success, noon + 60);
}

TEST(FeedHealth, APassOverSomePeriodsKeepsWhatTheLastWholeOneFoundWrongAndHowLongItTook) {
  FeedHealth health = healthy();
  auto wrong = failing(Errc::mismatch);
  wrong.differences = {"a: 3 lines instead of 4", "b: 1 line instead of 2"};
  wrong.durations[sync::Phase::verify] = std::chrono::milliseconds(40);
  note(health, {wrong});
  auto other = delivery(Verdict::unchanged, {slice("m", "2026-05-31", 2, "0.2")}, "2026-05");
  other.durations[sync::Phase::verify] = std::chrono::milliseconds(3);
  const sync::FeedOutcome outcome = pass_of({other});
  note_pass(health, {outcome, false, noon + 60, std::chrono::milliseconds(20)});
  EXPECT_EQ(health.mismatches, 2U);
  EXPECT_EQ(health.pass.count(), 1500);
  EXPECT_EQ(health.phases.at("verify").count(), 40);
  wrong.differences.emplace_back("c: 1 line instead of 3");
  note(health, {wrong}, noon + 120, false);
  EXPECT_EQ(health.mismatches, 3U);
}

TEST(FeedHealth, AddsUpTheTimeOfEachPhase) {
  FeedHealth health;
  auto first = delivery(Verdict::published, {}, "2026-05");
  auto second = delivery(Verdict::published, {});
  first.durations[sync::Phase::load] = std::chrono::milliseconds(30);
  second.durations[sync::Phase::load] = std::chrono::milliseconds(12);
  note(health, {first, second});
  EXPECT_EQ(health.phases.at("load").count(), 42);
  EXPECT_EQ(health.pass.count(), 1500);
}

TEST(FeedHealth, CountsAskingForThePeriodsAndForEachOfThemAsDiscovery) {
  sync::FeedOutcome outcome;
  outcome.discovering = std::chrono::milliseconds(5);
  outcome.deliveries = {delivery(Verdict::unchanged, {}), delivery(Verdict::unchanged, {})};
  for (auto& one : outcome.deliveries)
    one.durations[sync::Phase::discover] = std::chrono::milliseconds(7);
  FeedHealth health;
  note_pass(health, {outcome, true, noon, std::chrono::milliseconds(30)});
  EXPECT_EQ(health.phases.at("discover").count(), 19);
}

TEST(FeedHealth, IsReadBackAsItWasWritten) {
  FeedHealth health = healthy();
  auto restated =
      delivery(Verdict::published, {slice("z", "2026-06-02", 1, "-0.10000000000000001")});
  restated.before = ControlTotals();
  restated.record.rows_dead = 2;
  restated.durations[sync::Phase::verify] = std::chrono::milliseconds(8);
  note(health, {restated, failing(Errc::throttled)}, noon + 60);
  health.periods["2026-05"].pending_since = noon;
  health.kind = "aws/cur2";
  health.checked_by = "host:1:ab";
  const std::string json = health.to_json();
  const auto read = FeedHealth::from_json(json);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->to_json(), json);
  EXPECT_EQ(sum(read->costs(), "USD"), "0.09999999999999999");
  EXPECT_EQ(read->error_code, "throttled");
  EXPECT_EQ(read->last_success, noon);
  EXPECT_EQ(read->periods.at("2026-05").pending_since, noon);
  EXPECT_EQ(read->restatement->moved.at("USD").to_string(), "-0.10000000000000001");
}

TEST(FeedHealth, WhatIsKnownGivesWayToWhatIsStoredUnlessThatIsOlder) {
  std::optional<FeedHealth> known;
  learn(known, healthy());
  ASSERT_TRUE(known);
  note(*known, {failing(Errc::throttled)}, noon + 60);
  learn(known, healthy());  // the write after that pass failed
  EXPECT_EQ(known->last_check, noon + 60);
  learn(known, FeedHealth());  // somebody deleted the document
  EXPECT_EQ(known->last_success, noon);
  FeedHealth elsewhere = healthy();
  note(elsewhere, {delivery(Verdict::unchanged, {})}, noon + 90);
  learn(known, elsewhere);
  EXPECT_EQ(known->last_success, noon + 90);
}

TEST(FeedHealth, IsNoDeliveryRecord) {
  const std::string json = healthy().to_json();
  EXPECT_THAT(json, Not(HasSubstr("\"State\"")));
  EXPECT_FALSE(sync::DeliveryRecord::from_json(json));
}

TEST(FeedHealth, RefusesADocumentThatIsDamaged) {
  EXPECT_FALSE(FeedHealth::from_json("[]"));
  EXPECT_FALSE(FeedHealth::from_json(R"({"x_FeedId":"f","Periods":3})"));
}

TEST(FeedHealth, DoesNotPassOnControlCharactersOfAnErrorOrItsWholeLength) {
  FeedHealth health;
  sync::FeedOutcome outcome = pass_of({});
  outcome.error = Error{Errc::malformed, "\x1b[2J" + std::string(5'000, 'x')};
  note_pass(health, {outcome, true, noon, {}});
  EXPECT_EQ(health.error.find('\x1b'), std::string::npos);
  EXPECT_LE(health.error.size(), 2'000U);
}

}  // namespace
}  // namespace billow::daemon
