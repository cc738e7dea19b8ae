#include "daemon/sync_summary.hpp"

#include "records.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using samples::record;
using samples::slice;
using sync::DeliveryOutcome;
using sync::FeedOutcome;
using sync::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

DeliveryOutcome published(std::vector<Slice> slices) {
  DeliveryOutcome outcome;
  outcome.verdict = Verdict::published;
  outcome.record = record("aws-main", "2026-06", std::move(slices));
  outcome.record.slices_loaded = outcome.record.slices.size();
  return outcome;
}

std::string summary_of(DeliveryOutcome delivery) {
  FeedOutcome feed;
  feed.feed = delivery.record.feed;
  feed.deliveries.push_back(std::move(delivery));
  return summarize({feed}, 0);
}

TEST(SyncSummary, ShowsAFirstDeliveryExactly) {
  EXPECT_EQ(summary_of(published({slice("a", "2026-06-01", 3, "1234.5678901")})),
            "Feed      Period   Verdict    Charges  Kept  Loaded  Withdrawn          BilledCost  "
            "Moved by\n"
            "────────  ───────  ─────────  ───────  ────  ──────  ─────────  ───  ─────────────  "
            "────────\n"
            "aws-main  2026-06  published        3     0       1          0  USD  1,234.5678901    "
            "   new\n");
}

TEST(SyncSummary, ShowsByHowMuchEverySumMoved) {
  DeliveryOutcome delivery = published({slice("a", "2026-06-01", 3, "10.5")});
  delivery.before = record("aws-main", "2026-06", {slice("b", "2026-06-01", 2, "11")}).totals();
  const std::string text = summary_of(delivery);
  EXPECT_THAT(text, HasSubstr("USD        10.5      -0.5\n"));
  EXPECT_THAT(text, HasSubstr("What moved"));
  EXPECT_THAT(text, HasSubstr("EffectiveCost   USD      11  10.5  -0.5\n"));
}

TEST(SyncSummary, GivesEachCurrencyItsLineAlsoOneThatIsGone) {
  DeliveryOutcome delivery =
      published({slice("a", "2026-06-01", 1, "1"), slice("c", "2026-06-01", 1, "2", "EUR")});
  delivery.before =
      record("aws-main", "2026-06", {slice("b", "2026-06-01", 2, "7", "GBP")}).totals();
  const std::string text = summary_of(delivery);
  EXPECT_THAT(text, HasSubstr("EUR           2        +2\n"));
  EXPECT_THAT(text, HasSubstr("GBP           0        -7\n"));
  EXPECT_THAT(text, HasSubstr("USD           1        +1\n"));
}

TEST(SyncSummary, ShowsAPeriodInWhichNothingWasUsed) {
  DeliveryOutcome delivery = published({});
  EXPECT_THAT(summary_of(delivery), HasSubstr("2026-06  published        0"));
  delivery.verdict = Verdict::unchanged;
  delivery.before = ControlTotals();
  EXPECT_THAT(summary_of(delivery), HasSubstr("2026-06  unchanged        0"));
}

TEST(SyncSummary, OfAnUnchangedDeliveryLoadsNothing) {
  DeliveryOutcome delivery = published({slice("a", "2026-06-01", 3, "10.5")});
  delivery.verdict = Verdict::unchanged;
  delivery.before = delivery.record.totals();
  const std::string text = summary_of(delivery);
  EXPECT_THAT(
      text,
      HasSubstr(
          "aws-main  2026-06  unchanged        3     1       0          0  USD        10.5\n"));
  EXPECT_THAT(text, Not(HasSubstr("What moved")));
}

TEST(SyncSummary, NamesWhatAPersonShouldKnowAboutTheLines) {
  DeliveryOutcome delivery = published({slice("a", "2026-06-01", 3, "10.5")});
  delivery.verdict = Verdict::withheld;
  delivery.record.rows_read = 1000;
  delivery.record.rows_dead = 2;
  delivery.dead_letter_samples = {"x.csv.gz: row 7: line_item_unblended_cost: 'abc' is no number"};
  delivery.columns_unknown = {"new_column"};
  delivery.columns_missing = {"pricing_unit"};
  delivery.record.negation_residues = {"arn 2026-06-01T00 0.01 USD"};
  const std::string text = summary_of(delivery);
  EXPECT_THAT(text, HasSubstr("withheld"));
  EXPECT_THAT(text, HasSubstr("2 of 1,000 rows cannot become charges"));
  EXPECT_THAT(text, HasSubstr("row 7: line_item_unblended_cost"));
  EXPECT_THAT(text, HasSubstr("no rule knows them: new_column"));
  EXPECT_THAT(text, HasSubstr("the file lacks: pricing_unit"));
  EXPECT_THAT(text, HasSubstr("1 savings-plan negations do not cancel"));
}

TEST(SyncSummary, ShowsFeedsThatFailedAndThoseThatWereStopped) {
  FeedOutcome failed;
  failed.feed = "broken";
  failed.error = Error{Errc::unauthorized, "no"};
  FeedOutcome stopped;
  stopped.feed = "late";
  stopped.error = Error{Errc::cancelled, "not begun"};
  const std::string text = summarize({failed, stopped}, 0);
  EXPECT_THAT(text, HasSubstr("broken          failed"));
  EXPECT_THAT(text, HasSubstr("late            stopped"));
}

}  // namespace
}  // namespace billow::daemon
