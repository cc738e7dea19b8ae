#include "daemon/report_format.hpp"

#include "records.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using samples::amount;

Report sample() {
  Report report;
  report.scope.by = ReportBy::service;
  report.scope.period = "2026-06";
  ReportRow ec2;
  ec2.group = {"Elastic, \"Compute\""};
  ec2.currency = "USD";
  ec2.charges = 1234;
  ec2.cost = amount("900.126");
  ReportRow none;
  none.group = {""};
  none.currency = "USD";
  none.charges = 1;
  none.cost = amount("99.874");
  report.rows = {ec2, none};
  CurrencyTotals& usd = report.totals["USD"];
  usd.lines = 1235;
  usd.sums[0] = amount("1000.0000000001");
  usd.sums[2] = amount("7");
  return report;
}

TEST(ReportTable, RoundsRowsAndGivesTotalsWithEveryDigit) {
  EXPECT_EQ(report_table(sample(), 0),
            "BilledCost by ServiceName, billing period 2026-06\n"
            "\n"
            "ServiceName         Charges  BilledCost        Share\n"
            "──────────────────  ───────  ──────────  ───  ──────\n"
            "Elastic, \"Compute\"    1,234      900.13  USD  90.0 %\n"
            "(none)                    1       99.87  USD  10.0 %\n"
            "\n"
            "Total, exact  Charges\n"
            "────────────  ───────  ────────────────  ───\n"
            "BilledCost      1,235  1,000.0000000001  USD\n");
}

TEST(ReportTable, SaysWhenNothingIsVisible) {
  EXPECT_THAT(report_table(Report(), 80), ::testing::HasSubstr("nothing is visible"));
}

TEST(ReportTable, TellsAnIncompleteReportFromAnExactOne) {
  Report report = sample();
  report.complete = false;
  const std::string table = report_table(report, 0);
  EXPECT_THAT(table, ::testing::HasSubstr("Total (incomplete)"));
  EXPECT_THAT(table, ::testing::Not(::testing::HasSubstr("exact")));
  EXPECT_THAT(table, ::testing::Not(::testing::HasSubstr("90.0 %")));
  EXPECT_THAT(report_csv(report),
              ::testing::HasSubstr("(incomplete total),USD,1235,1000.0000000001\n"));
  EXPECT_THAT(report_json(report), ::testing::HasSubstr(R"("complete": false)"));
}

TEST(ReportTable, NeverSaysThatNothingIsVisibleOfWhatNoRecordTells) {
  Report report;
  report.complete = false;
  const std::string table = report_table(report, 0);
  EXPECT_THAT(table, ::testing::Not(::testing::HasSubstr("nothing")));
  EXPECT_THAT(table, ::testing::HasSubstr("no record tells their totals"));
}

TEST(ReportCsv, QuotesWhatNeedsItAndEndsWithExactTotals) {
  EXPECT_EQ(report_csv(sample()),
            "ServiceName,BillingCurrency,Charges,BilledCost\n"
            "\"Elastic, \"\"Compute\"\"\",USD,1234,900.126\n"
            ",USD,1,99.874\n"
            "(total),USD,1235,1000.0000000001\n");
}

TEST(ReportJson, GivesAmountsAsTexts) {
  const std::string json = report_json(sample());
  EXPECT_THAT(json, ::testing::HasSubstr(R"("BilledCost": "1000.0000000001")"));
  EXPECT_THAT(json, ::testing::HasSubstr(R"("EffectiveCost": "7")"));
  EXPECT_THAT(json, ::testing::HasSubstr(R"("ServiceName": null)"));
  EXPECT_THAT(json, ::testing::HasSubstr(R"("exact_rows": false)"));
  EXPECT_THAT(json, ::testing::HasSubstr(R"("complete": true)"));
}

}  // namespace
}  // namespace billow::daemon
