#include "daemon/observer.hpp"

#include "records.hpp"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace billow::daemon {
namespace {

using samples::record;
using samples::slice;
using ::testing::HasSubstr;

class Observed : public ::testing::Test {
 protected:
  Observed() {
    feed_.id = "f";
    feed_.kind = "aws/cur2";
    observer_.on_pass_begin(feed_);
  }
  sync::DeliveryOutcome outcome(sync::Verdict verdict) {
    sync::DeliveryOutcome made;
    made.verdict = verdict;
    made.record =
        record("f", "2026-06",
               {slice("a", "2026-06-02", 8, "1"), slice("b", "2026-06-30", 1, "1", "USD", true)});
    made.record.rows_read = 10;
    made.record.rows_dropped = 1;
    made.record.rows_dead = 1;
    return made;
  }
  metrics::Registry metrics_{{}, vocabulary()};
  FeedObserver observer_{metrics_, nullptr};
  feed::FeedConfig feed_;
};

TEST_F(Observed, EveryRowThatWasReadHasOneFate) {
  auto delivery = outcome(sync::Verdict::published);
  delivery.durations[sync::Phase::load] = std::chrono::seconds(1);
  delivery.charges = 9;
  delivery.documents_written = 4;
  observer_.on_delivery(delivery);
  const std::string text = metrics_.render();
  EXPECT_THAT(text, HasSubstr("billow_rows_total{fate=\"charged\",feed=\"f\"} 8\n"));
  EXPECT_THAT(text, HasSubstr("billow_rows_total{fate=\"dropped\",feed=\"f\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("billow_rows_total{fate=\"dead\",feed=\"f\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("billow_documents_total{fate=\"written\",feed=\"f\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("billow_documents_total{fate=\"kept\",feed=\"f\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("billow_deliveries_total{feed=\"f\",verdict=\"published\"} 1\n"));
}

TEST_F(Observed, RowsOfADeliveryThatWasNotReadAreNotCounted) {
  observer_.on_delivery(outcome(sync::Verdict::unchanged));
  EXPECT_THAT(metrics_.render(), HasSubstr("billow_rows_total{fate=\"charged\",feed=\"f\"} 0\n"));
}

TEST_F(Observed, UsageTellsHowFarTheDataGoesAndFeesDoNot) {
  observer_.on_delivery(outcome(sync::Verdict::published));
  EXPECT_EQ(data_through(outcome(sync::Verdict::published).record), parse_time("2026-06-03"));
  EXPECT_THAT(metrics_.render(),
              HasSubstr("billow_feed_data_through_timestamp_seconds{feed=\"f\"} 1780444800\n"));
}

TEST_F(Observed, AFailedDeliveryCountsItsErrorAndKeepsTheLastSuccess) {
  auto delivery = outcome(sync::Verdict::failed);
  delivery.error = Error{Errc::mismatch, "x"};
  observer_.on_delivery(delivery);
  sync::FeedOutcome pass;
  pass.feed = "f";
  pass.deliveries.push_back(delivery);
  observer_.on_pass_end(feed_, pass);
  const std::string text = metrics_.render();
  EXPECT_THAT(text, HasSubstr("billow_errors_total{code=\"mismatch\",feed=\"f\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"f\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_data_through_timestamp_seconds{feed=\"f\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_running{feed=\"f\"} 0\n"));
}

TEST_F(Observed, WhatEndsBecauseTheDaemonIsStoppedIsNoErrorInTheLog) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "captured", std::make_shared<spdlog::sinks::ostream_sink_st>(log)));
  auto delivery = outcome(sync::Verdict::failed);
  delivery.error = Error{Errc::cancelled, "stopped"};
  observer_.on_delivery(delivery);
  const std::string stopped = log.str();
  delivery.error = Error{Errc::transient, "lost"};
  observer_.on_delivery(delivery);
  spdlog::set_default_logger(before);
  EXPECT_THAT(stopped, HasSubstr("[info] f 2026-06: failed: stopped"));
  EXPECT_THAT(log.str().substr(stopped.size()), HasSubstr("[error] f 2026-06: failed: lost"));
}

TEST_F(Observed, DiscoveryIsCountedForThePassAndForEachDelivery) {
  auto delivery = outcome(sync::Verdict::unchanged);
  delivery.durations[sync::Phase::discover] = std::chrono::milliseconds(250);
  observer_.on_delivery(delivery);
  sync::FeedOutcome pass;
  pass.feed = "f";
  pass.discovering = std::chrono::milliseconds(500);
  observer_.on_pass_end(feed_, pass);
  EXPECT_THAT(
      metrics_.render(),
      HasSubstr("billow_phase_duration_seconds_total{feed=\"f\",phase=\"discover\"} 0.75\n"));
}

TEST_F(Observed, HealthIsShownAlsoWhenAnotherProcessDidTheWork) {
  FeedHealth health;
  health.last_success = 1'000;
  health.periods["2026-06"].lines = 9;
  health.periods["2026-06"].dead_letters = 2;
  health.periods["2026-06"].pending_since = 500;
  health.periods["2026-06"].costs["USD"][0] = samples::amount("1.25");
  health.restatement = Restatement();
  health.restatement->lines_replaced = 4;
  health.restatement->moved["USD"] = samples::amount("-0.5");
  observer_.on_checked_elsewhere(feed_, 2'000);
  observer_.on_health(feed_, health);
  const std::string text = metrics_.render();
  for (const char* line :
       {"billow_feed_last_check_timestamp_seconds{feed=\"f\"} 2000\n",
        "billow_feed_last_success_timestamp_seconds{feed=\"f\"} 1000\n",
        "billow_feed_delivery_pending_since_timestamp_seconds{feed=\"f\"} 500\n",
        "billow_feed_lines{feed=\"f\"} 9\n", "billow_feed_dead_letters{feed=\"f\"} 2\n",
        "billow_feed_cost{cost=\"BilledCost\",currency=\"USD\",feed=\"f\"} 1.25\n",
        "billow_feed_restatement_lines{feed=\"f\"} 4\n",
        "billow_feed_restatement_moved_cost{currency=\"USD\",feed=\"f\"} -0.5\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST_F(Observed, APassElsewhereIsASuccessOnlyIfItsHealthSaysSo) {
  observer_.on_checked_elsewhere(feed_, 2'000);
  EXPECT_THAT(metrics_.render(),
              HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"f\"} 0\n"));
}

TEST_F(Observed, TheLastSuccessIsNotTakenBackByAHealthThatDoesNotKnowOfIt) {
  FeedHealth health;
  health.last_check = 2'000;
  health.last_success = 1'000;
  observer_.on_health(feed_, health);
  observer_.on_health(feed_, FeedHealth());
  EXPECT_THAT(metrics_.render(),
              HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"f\"} 1000\n"));
}

TEST_F(Observed, APassWithAPendingDeliveryIsASuccessOnlyIfItsHealthSaysSo) {
  sync::FeedOutcome pass;
  pass.feed = "f";
  pass.deliveries.push_back(outcome(sync::Verdict::unchanged));
  pass.deliveries.back().pending_since = 500;
  observer_.on_pass_end(feed_, pass);
  EXPECT_THAT(metrics_.render(),
              HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"f\"} 0\n"));
  FeedHealth health;
  health.last_success = 1'000;
  observer_.on_health(feed_, health);
  EXPECT_THAT(metrics_.render(),
              HasSubstr("billow_feed_last_success_timestamp_seconds{feed=\"f\"} 1000\n"));
}

TEST_F(Observed, BeingTakenOverIsNoFailureOfTheFeed) {
  sync::FeedOutcome pass;
  pass.feed = "f";
  pass.error = Error{Errc::conflict, "taken over"};
  observer_.on_pass_end(feed_, pass, true);
  const std::string text = metrics_.render();
  EXPECT_THAT(text, HasSubstr("billow_passes_lost_total{feed=\"f\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("billow_errors_total{code=\"conflict\",feed=\"f\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_last_check_timestamp_seconds{feed=\"f\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("billow_feed_lease_held{feed=\"f\"} 0\n"));
}

}  // namespace
}  // namespace billow::daemon
