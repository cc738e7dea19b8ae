#include "daemon/reconcile_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;

proof::ReconciledRow row(const char* place, const char* billed) {
  proof::ReconciledRow made;
  made.feed = "aws-1";
  made.period = "2026-06";
  made.currency = "USD";
  made.place = place;
  made.lines = 1200;
  made.sums[0].add(Decimal::parse(billed).value());
  return made;
}

/// Chain and charges agree, a rollup is off by less than doubles explain.
proof::Reconciliation agreeing() {
  proof::Reconciliation made;
  made.rows = {row("audit chain", "18234.17"), row("charges", "18234.17"),
               row("billow-daily", "18234.170000000002")};
  made.rows[0].first = true;
  made.rows[2].exact = false;
  return made;
}

proof::Reconciliation differing() {
  proof::Reconciliation made = agreeing();
  made.rows[1].lines_apart = -1;
  made.rows[1].apart[2].add(Decimal::parse("0.25").value());
  proof::ReconciledRow invoice = row("invoice", "18234.18");
  invoice.apart[0].add(Decimal::parse("0.01").value());
  made.invoices = {invoice};
  made.failures = {"the source is gone"};
  return made;
}

TEST(ReconcileFormat, SaysWhoAgreesAndLeavesTheNoiseOfDoublesOut) {
  const std::string table = reconciliation_table(agreeing(), 0, 0);
  EXPECT_THAT(table, HasSubstr("billow-daily    1,200   18,234.17  USD  agrees"));
  EXPECT_THAT(table, HasSubstr("\nEverything agrees.\n"));
  EXPECT_THAT(reconciliation_json(agreeing()), HasSubstr(R"("18234.170000000002")"));
}

TEST(ReconcileFormat, NamesEveryDifferenceWhicheverCostIsShown) {
  const std::string table = reconciliation_table(differing(), 0, 0);
  EXPECT_THAT(table, HasSubstr("charges -1, EffectiveCost +0.25"));
  EXPECT_THAT(table, HasSubstr("BilledCost +0.01"));
  EXPECT_THAT(table, HasSubstr("PROBLEM: the source is gone\n2 differences, 1 problem.\n"));
}

TEST(ReconcileFormat, ShowsNoFiguresOfWhoCouldNotBeAsked) {
  auto made = agreeing();
  made.rows[0].known = made.rows[0].first = false;
  EXPECT_THAT(reconciliation_table(made, 0, 0), HasSubstr("USD  not compared, see below"));
  EXPECT_THAT(reconciliation_csv(made), HasSubstr("USD,audit chain,,,,,,,,,,,false\n"));
  const std::string json = reconciliation_json(made);
  EXPECT_THAT(json, HasSubstr(R"("compared": false)"));
  EXPECT_THAT(json, HasSubstr(R"("differs": null)"));
}

TEST(ReconcileFormat, KeepsTheAmountOfAnInvoiceThatWasNotComparedAndSaysSo) {
  auto made = agreeing();
  proof::ReconciledRow invoice = row("invoice", "999");
  invoice.known = false;
  made.invoices = {invoice};
  EXPECT_THAT(reconciliation_table(made, 0, 0), HasSubstr("999  USD  not compared, see below"));
  EXPECT_THAT(reconciliation_csv(made),
              HasSubstr("aws-1,2026-06,USD,invoice,,,999,,,,,,,,false\n"));
  const std::string json = reconciliation_json(made);
  const std::string of_invoice = json.substr(json.find("\"invoices\""));
  EXPECT_THAT(of_invoice, HasSubstr(R"("compared": false)"));
  EXPECT_THAT(of_invoice, HasSubstr(R"("BilledCost": "999")"));
  EXPECT_THAT(of_invoice, HasSubstr(R"("differs": null)"));
  EXPECT_THAT(of_invoice, Not(HasSubstr("BilledCost_apart")));
}

TEST(ReconcileFormat, WritesAmountsAsTextsInJson) {
  const std::string json = reconciliation_json(differing());
  EXPECT_THAT(json, HasSubstr(R"("agrees": false)"));
  EXPECT_THAT(json, HasSubstr(R"("EffectiveCost_apart": "0.25")"));
  EXPECT_THAT(json, HasSubstr(R"("BilledCost": "18234.18")"));
}

TEST(ReconcileFormat, WritesOfAnInvoiceWhatItStatesAndNothingElse) {
  EXPECT_THAT(reconciliation_csv(differing()),
              HasSubstr("aws-1,2026-06,USD,invoice,,,18234.18,0.01,,,,,,,true\n"));
}

TEST(ReconcileFormat, LetsNoTextMoveTheCursor) {
  auto made = agreeing();
  made.notes = {"a\x1b[2Jb"};
  EXPECT_THAT(reconciliation_table(made, 0, 0), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace billow::daemon
