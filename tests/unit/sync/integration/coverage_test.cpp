#include "../../elastic/run_task.hpp"
#include "elastic/audit_log.hpp"
#include "period.hpp"
#include "sync/dead_letter_store.hpp"

#include <gmock/gmock.h>

namespace billow::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Windows and deltas, each against what a plain list of lines would be after them.
class CoverageTest : public PeriodTest {};

TEST_F(CoverageTest, AWindowReplacesItsDaysAndNoOther) {
  publish({days(1, 3), {{1, "1.1", "a"}, {2, "2.2", "b"}, {3, "3.3", "c"}}});
  expect_model();
  publish({days(4, 5), {{4, "4.4", "d"}}});
  expect_model();
  const DeliveryOutcome outcome = publish({days(2, 4), {{2, "2.2", "b"}, {3, "0.30", "c"}}});
  EXPECT_EQ(outcome.record.slices_kept, 2U);  // the 1st, not its own, and the 2nd, the same
  EXPECT_EQ(outcome.record.slices_loaded, 1U);
  EXPECT_EQ(outcome.record.slices_withdrawn, 2U);
  expect_model();
  EXPECT_THAT(chain_findings(), IsEmpty());
}

TEST_F(CoverageTest, AWindowWithoutLinesEmptiesItsDays) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  publish({days(3, 3), {{3, "3", "c"}}});
  publish({days(1, 2), {}});
  expect_model();
  EXPECT_EQ(lines_seen().size(), 1U);
  publish({days(3, 3), {}});
  expect_model();
  EXPECT_THAT(lines_seen(), IsEmpty());
  publish({days(3, 4), {{4, "4", "d"}}});
  expect_model();
  EXPECT_THAT(chain_findings(), IsEmpty());
}

TEST_F(CoverageTest, AChargeOfAMonthBelongsToTheDayOnWhichItBegins) {
  publish({days(1, 10), {{1, "1", "a"}, {1, "9.99", "tax", true}}});
  publish({days(2, 30), {{2, "2", "b"}}});
  expect_model();
  publish({days(1, 1), {{1, "1", "a"}, {1, "8.88", "tax", true}}});
  expect_model();
  EXPECT_EQ(lines_seen().count("2026-06-01 tax 8.88"), 1U);
}

TEST_F(CoverageTest, AWindowThatStatesOtherDaysIsRefusedAsAWhole) {
  publish({days(1, 10), {{1, "1", "a"}, {10, "10", "j"}}});
  for (const bool force : {false, true}) {
    const DeliveryOutcome outcome =
        sync(deliver({days(2, 9), {{2, "2", "b"}, {10, "10", "j"}, {10, "11", "k"}}}), force);
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, Errc::malformed);
    EXPECT_THAT(outcome.error->detail,
                HasSubstr("states the days 2026-06-02 to 2026-06-09, and 2 of its charges begin on "
                          "2026-06-10"));
  }
  EXPECT_EQ(lines_seen(), model_.lines());
  publish({days(2, 9), {{2, "2", "b"}}});
  expect_model();  // and nothing is left of what was refused
}

TEST_F(CoverageTest, AWindowWithoutDaysIsRefused) {
  Delivery delivery = deliver({days(1, 1), {{1, "1", "a"}}});
  delivery.coverage.end_day = delivery.coverage.first_day;
  const DeliveryOutcome outcome = sync(delivery);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Errc::bad_config);
}

TEST_F(CoverageTest, AWindowOverTwoMonthsIsADeliveryOfEach) {
  const Coverage window = days(29, 32);
  sync(deliver({window, {{29, "1", "a"}, {30, "2", "b"}}}, "2026-06"));
  sync(deliver({window, {{31, "3", "c"}, {32, "4", "d"}}}, "2026-07"));
  EXPECT_THAT(lines_seen("2026-06"), ElementsAre("2026-06-29 a 1", "2026-06-30 b 2"));
  EXPECT_THAT(lines_seen("2026-07"), ElementsAre("2026-07-01 c 3", "2026-07-02 d 4"));
  sync(deliver({window, {{30, "2", "b"}}}, "2026-06"));
  EXPECT_THAT(lines_seen("2026-06"), ElementsAre("2026-06-30 b 2"));
  EXPECT_THAT(lines_seen("2026-07"), ElementsAre("2026-07-01 c 3", "2026-07-02 d 4"));
}

TEST_F(CoverageTest, ADeltaIsAddedOnceHoweverOftenItIsOffered) {
  const Statement first = {in_addition, {{1, "1.5", "a"}, {2, "2", "b"}}};
  const Delivery a = deliver(first);
  EXPECT_EQ(sync(a).verdict, Verdict::published);
  model_.apply(a.id, first);
  expect_model();
  publish({in_addition, {{1, "1.5", "a"}, {3, "3", "c"}}});  // the same line again, in addition
  expect_model();
  EXPECT_EQ(lines_seen().count("2026-06-01 a 1.5"), 2U);
  for (int i = 0; i < 2; ++i) {
    const DeliveryOutcome outcome = sync(a);
    EXPECT_EQ(outcome.verdict, Verdict::unchanged);
    EXPECT_EQ(outcome.documents_written, 0U);
  }
  const DeliveryOutcome forced = sync(a, true);
  EXPECT_FALSE(forced.error);
  EXPECT_EQ(forced.record.slices_withdrawn, 2U);  // its own
  EXPECT_EQ(forced.documents_written, 2U);
  expect_model();
  EXPECT_EQ(sync(a).verdict, Verdict::unchanged);
  EXPECT_THAT(chain_findings(), IsEmpty());
}

TEST_F(CoverageTest, ADeltaWithoutLinesIsRecordedOnce) {
  publish({in_addition, {{1, "1", "a"}}});
  const Delivery nothing = deliver({in_addition, {}});
  EXPECT_FALSE(sync(nothing).error);
  const std::uint64_t token = shown_record()->token;
  publish({in_addition, {{2, "2", "b"}}});
  EXPECT_EQ(sync(nothing).verdict, Verdict::unchanged);
  EXPECT_NE(shown_record()->token, token);
  EXPECT_EQ(count("billow-audit", "x_DeliveryId", nothing.id), 1U);
  expect_model();
}

TEST_F(CoverageTest, ForceLoadsAWindowAnewAndLeavesTheOtherDays) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  const Statement statement = {days(2, 3), {{2, "2", "b"}, {3, "3", "c"}}};
  const Delivery window = deliver(statement);
  sync(window);
  model_.apply(window.id, statement);
  const DeliveryOutcome forced = sync(window, true);
  EXPECT_EQ(forced.record.slices_kept, 1U);
  EXPECT_EQ(forced.documents_written, 2U);
  expect_model();
}

/// The rules that made a record's charges, as if they were older.
std::string with_older_rules(std::string record) {
  const std::string now = "\"SchemaVersion\":" + std::to_string(schema_version);
  const std::string older = "\"SchemaVersion\":" + std::to_string(schema_version - 1);
  for (std::size_t at = record.find(now); at != std::string::npos; at = record.find(now, at + 1))
    record.replace(at, now.size(), older);
  return record;
}

TEST_F(CoverageTest, AfterAChangeOfRulesADeltaReplacesItselfAndNoOther) {
  const Statement first = {in_addition, {{1, "1", "a"}}};
  const Delivery a = deliver(first);
  sync(a);
  model_.apply(a.id, first);
  publish({in_addition, {{1, "2", "b"}}});
  const DeliveryRecord shown = shown_record().value();
  ask("PUT", "/billow-deliveries/_doc/" + shown.document_id() + "?refresh=true",
      with_older_rules(shown.to_json()));
  const DeliveryOutcome outcome = sync(a);
  EXPECT_EQ(outcome.documents_written, 1U);
  EXPECT_EQ(outcome.record.slices_kept, 1U);
  EXPECT_EQ(outcome.record.slices_withdrawn, 1U);
  expect_model();
  EXPECT_EQ(sync(a).verdict, Verdict::unchanged);
}

TEST_F(CoverageTest, ALostDeliveryRecordIsMadeAgainFromTheChain) {
  publish({in_addition, {{1, "1", "a"}}});
  publish({in_addition, {{1, "2", "b"}}});
  const std::string lost = shown_record()->document_id();
  ask("DELETE", "/billow-deliveries/_doc/" + lost + "?refresh=true");
  publish({in_addition, {{2, "3", "c"}}});
  expect_model();
  EXPECT_EQ(shown_record()->parts.size(), 3U);
  EXPECT_THAT(chain_findings(), IsEmpty());
}

TEST_F(CoverageTest, NothingIsPublishedOverWhatNobodyDescribes) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  ask("POST", "/_aliases",
      R"({"actions":[{"add":{"index":"billow-charges-)" + feed() +
          R"(-2026-06","alias":"billow-charges","filter":{"bool":{"_name":"x","filter":[{"terms":)" +
          R"({"x_SliceId":[")" + shown_record()->slices[0].id + R"("]}}]}}}}]})");
  const DeliveryOutcome outcome = sync(deliver({days(2, 2), {}}));
  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->detail, HasSubstr("neither a delivery record nor the audit chain"));
  EXPECT_EQ(lines_seen().size(), 1U);
  publish({all_of_it, {{3, "3", "c"}}});  // which needs nothing of what was there
  expect_model();
}

TEST_F(CoverageTest, AWindowOrADeltaIsRefusedWhileReadersDoNotSeeWhatWasPublished) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  const std::string index = "billow-charges-" + feed() + "-2026-06";
  ask("DELETE", "/" + index + "/_alias/billow-charges");
  for (const Statement& part :
       {Statement{days(2, 2), {{2, "3", "c"}}}, Statement{in_addition, {{2, "3", "c"}}}}) {
    const DeliveryOutcome outcome = sync(deliver(part));
    ASSERT_TRUE(outcome.error);
    EXPECT_THAT(outcome.error->detail, HasSubstr("readers do not see all"));
    EXPECT_THAT(lines_seen(), IsEmpty());
    EXPECT_EQ(lines_stored(), 2U) << "they may be all that is left of the other day";
  }
  publish({all_of_it, {{1, "1", "a"}, {2, "3", "c"}}});  // which states everything again
  expect_model();
}

TEST_F(CoverageTest, AnOutdatedMonthThatLostItsAliasIsNotTakenForLeftBehind) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  const std::string index = "/billow-charges-" + feed() + "-2026-06";
  ask("PUT", index + "/_mapping", R"({"_meta":{"billow_outdated":true}})");
  ask("DELETE", index + "/_alias/billow-charges");
  const DeliveryOutcome outcome = sync(deliver({days(2, 2), {{2, "3", "c"}}}));
  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->detail, HasSubstr("readers do not see all"));
  EXPECT_EQ(lines_stored(), 2U);
}

TEST_F(CoverageTest, NothingIsMendedByARecordOfTheChainThatWasAltered) {
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  const std::string lost = shown_record()->document_id();
  const auto told = run_task(elastic::last_audited(cluster(), feed(), period)).value().value();
  const std::string chained = "/billow-audit/_doc/" + audit::record_id(told.sequence);
  audit::Record altered = told;
  altered.rows_read += 1;
  ask("PUT", chained + "?refresh=true", altered.to_json());
  ask("DELETE", "/billow-deliveries/_doc/" + lost + "?refresh=true");
  const DeliveryOutcome outcome = sync(deliver({days(2, 2), {}}));
  ask("PUT", chained + "?refresh=true", told.to_json());
  ASSERT_TRUE(outcome.error);
  EXPECT_THAT(outcome.error->detail, HasSubstr("neither a delivery record nor the audit chain"));
  EXPECT_EQ(lines_seen(), model_.lines());
}

TEST_F(CoverageTest, AWithheldDeliveryWaitsWhileOthersArePublished) {
  publish({in_addition, {{1, "1", "a"}}});
  const Statement bad = {in_addition, {{1, "2", "b"}, {1, "a lot", "c"}}};
  const Delivery waiting = deliver(bad);
  EXPECT_EQ(sync(waiting).verdict, Verdict::withheld);
  expect_model();
  publish({in_addition, {{2, "3", "d"}}});
  publish({in_addition, {{3, "4", "e"}}});
  EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", waiting.id), 1U);
  EXPECT_EQ(count("billow-deliveries", "State", "withheld"), 1U);
  config_.dead_letters = feed::DeadLetterPolicy::publish;
  EXPECT_EQ(sync(waiting, true).verdict, Verdict::published);
  model_.apply(waiting.id, bad);
  publish({in_addition, {{4, "5", "f"}}});
  expect_model();
  EXPECT_EQ(count("billow-deliveries", "State", "withheld"), 0U);
  EXPECT_EQ(shown_record()->rows_missing(), 1U);
  EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", waiting.id), 1U);
  publish({all_of_it, {{1, "1", "a"}}});
  EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", waiting.id), 0U);
}

TEST_F(CoverageTest, APassThatWakesUpLeavesTheDeadLettersOfLaterOnes) {
  publish({in_addition, {{1, "1", "a"}}});
  const DeliveryRecord earlier = *shown_record();
  const Delivery waiting = deliver({in_addition, {{1, "2", "b"}, {1, "a lot", "c"}}});
  EXPECT_EQ(sync(waiting).verdict, Verdict::withheld);
  ASSERT_TRUE(run_task(drop_other_dead_letters(cluster(), earlier, {earlier.delivery_id})));
  EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", waiting.id), 1U);
}

TEST_F(CoverageTest, AWindowsDeadLettersGoWhenItsDaysAreStatedAgain) {
  config_.dead_letters = feed::DeadLetterPolicy::publish;
  publish({days(1, 4), {{1, "1", "a"}, {2, "a lot", "b"}}});
  const std::string first = shown_record()->delivery_id;
  publish({days(3, 6), {{3, "3", "c"}}});
  EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", first), 1U);
  EXPECT_EQ(shown_record()->rows_missing(), 1U);
  publish({days(1, 2), {{1, "1", "a"}, {2, "2", "b"}}});
  EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", first), 0U);
  EXPECT_EQ(shown_record()->rows_missing(), 0U);
  expect_model();
}

TEST_F(CoverageTest, DeadLettersAreKeptThoughNoChargeChanged) {
  config_.dead_letters = feed::DeadLetterPolicy::publish;
  for (int i = 0; i < 2; ++i) {
    const DeliveryOutcome outcome = publish({all_of_it, {{1, "1", "a"}, {2, "a lot", "b"}}});
    EXPECT_EQ(outcome.record.rows_dead, 1U);
    EXPECT_EQ(count("billow-dead-letters", "x_DeliveryId", outcome.record.delivery_id), 1U);
  }
}

TEST_F(CoverageTest, TheChainSaysByHowMuchEachDeliveryMovedThePeriod) {
  publish({days(1, 2), {{1, "1.25", "a"}, {2, "2", "b"}}});
  publish({days(2, 3), {{2, "0.5", "b"}, {3, "3", "c"}}});
  const auto newest = run_task(elastic::last_audited(cluster(), feed(), period));
  ASSERT_TRUE(newest && *newest);
  const audit::Record& record = **newest;
  EXPECT_EQ(record.coverage, days(2, 3));
  EXPECT_EQ(record.parts.size(), 2U);
  EXPECT_EQ(record.replaced.size(), 1U);
  ASSERT_EQ(record.moved.size(), 1U);
  EXPECT_EQ(record.moved[0].lines, 1);
  EXPECT_EQ(record.moved[0].sums[0].to_string(), "1.5");
  EXPECT_EQ(record.totals().by_currency.at("USD").sums[0].to_string(), "4.75");
}

}  // namespace
}  // namespace billow::sync
