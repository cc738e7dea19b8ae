#include "daemon/report.hpp"

#include "records.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using samples::amount;
using samples::record;
using samples::slice;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What an index shows when it shows all of a record.
VisibleDelivery shown(const sync::DeliveryRecord& all) {
  VisibleDelivery delivery;
  delivery.visible.index = "billow-charges-" + all.feed + "-" + all.period;
  delivery.visible.delivery_id = all.document_id();
  for (const Slice& one : all.slices) delivery.visible.slice_ids.push_back(one.id);
  delivery.record = all;
  return delivery;
}

ReportScope by(ReportBy grouping) {
  ReportScope scope;
  scope.by = grouping;
  return scope;
}

ReportRow row(std::string group, std::string currency, std::uint64_t charges,
              std::string_view cost) {
  ReportRow made;
  made.group = {std::move(group)};
  made.currency = std::move(currency);
  made.charges = charges;
  made.cost = amount(cost);
  return made;
}

/// "group currency charges cost", a text a row.
std::vector<std::string> texts(const Report& report) {
  std::vector<std::string> all;
  for (const ReportRow& one : report.rows)
    all.push_back(one.group.at(0) + " " + one.currency + " " + std::to_string(one.charges) + " " +
                  one.cost.to_string());
  return all;
}

TEST(Report, WarnsOfIndicesThatAreNotOurs) {
  const auto june = record("aws", "2026-06", {slice("a", "2026-06-01", 3, "0.1")});
  const auto warnings = [&](std::vector<std::string> indices) {
    std::vector<VisibleDelivery> deliveries;
    for (std::string& index : indices) {
      deliveries.push_back(shown(june));
      deliveries.back().visible.index = std::move(index);
    }
    return report_of(deliveries, by(ReportBy::day)).warnings;
  };
  EXPECT_THAT(warnings({"billow-charges-aws-2026-06-r1"}), IsEmpty());
  EXPECT_THAT(warnings({"restored-billow-charges-aws-2026-06"}),
              ElementsAre(HasSubstr("Billow did not make it")));
  EXPECT_THAT(warnings({"billow-charges-aws-2026-05"}),
              ElementsAre(HasSubstr("Billow did not make it")));
  EXPECT_THAT(warnings({"billow-charges-aws-2026-06", "billow-charges-aws-2026-06-r1"}),
              ElementsAre(HasSubstr("both show aws 2026-06")));
}

TEST(Report, AddsDaysUpExactlyFromTheSlices) {
  const auto june =
      record("aws", "2026-06",
             {slice("a", "2026-06-01", 3, "0.1"), slice("b", "2026-06-01", 1, "0.2", "USD", true),
              slice("c", "2026-06-02", 2, "-1.0000000001")});
  Report report = report_of({shown(june)}, by(ReportBy::day));
  arrange(report, 0);
  EXPECT_TRUE(report.exact_rows);
  EXPECT_THAT(texts(report), ElementsAre("2026-06-01 USD 4 0.3", "2026-06-02 USD 2 -1.0000000001"));
  EXPECT_EQ(report.totals.at("USD").sums[0].to_string(), "-0.7000000001");
  EXPECT_EQ(report.totals.at("USD").lines, 6U);
}

TEST(Report, AddsMonthsUpOverFeedsButNeverOverCurrencies) {
  const auto one = record("aws", "2026-06", {slice("a", "2026-06-01", 1, "1")});
  const auto two = record(
      "eu", "2026-06", {slice("b", "2026-06-30", 1, "2"), slice("c", "2026-06-30", 1, "5", "EUR")});
  Report report = report_of({shown(one), shown(two)}, by(ReportBy::month));
  arrange(report, 0);
  EXPECT_THAT(texts(report), ElementsAre("2026-06 EUR 1 5", "2026-06 USD 2 3"));
}

TEST(Report, LeavesOutWhatTheAliasDoesNotList) {
  auto delivery = shown(record(
      "aws", "2026-06", {slice("a", "2026-06-01", 1, "1"), slice("b", "2026-06-02", 1, "2")}));
  delivery.visible.slice_ids = {"b"};
  const Report report = report_of({delivery}, by(ReportBy::service));
  EXPECT_EQ(report.totals.at("USD").sums[0].to_string(), "2");
  EXPECT_TRUE(report.complete);
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(report.rows, IsEmpty());
}

TEST(Report, WarnsWhenTheExactTotalsAreNotWhole) {
  auto lost = shown(record("aws", "2026-06", {slice("a", "2026-06-01", 1, "1")}));
  lost.record.reset();
  auto foreign = shown(record("aws", "2026-07", {slice("b", "2026-07-01", 1, "1")}));
  foreign.visible.slice_ids = {"b", "zzz"};
  const Report report = report_of({lost, foreign}, by(ReportBy::service));
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(report.warnings,
              ElementsAre(HasSubstr("no record 'aws:2026-06:d1:0'"),
                          HasSubstr("1 of 2 visible slices are not in their record")));
}

TEST(Report, KeepsToItsFeedsAndPeriod) {
  ReportScope scope = by(ReportBy::month);
  scope.feeds = {"aws"};
  scope.period = "2026-06";
  Report report =
      report_of({shown(record("aws", "2026-06", {slice("a", "2026-06-01", 1, "1")})),
                 shown(record("aws", "2026-07", {slice("b", "2026-07-01", 1, "10")})),
                 shown(record("aws-2", "2026-06", {slice("c", "2026-06-01", 1, "100")}))},
                scope);
  EXPECT_THAT(texts(report), ElementsAre("2026-06 USD 1 1"));
}

TEST(Report, AcceptsRowsThatAddUpToTheTotals) {
  Report report =
      report_of({shown(record("aws", "2026-06", {slice("a", "2026-06-01", 3, "0.30000000001")}))},
                by(ReportBy::service));
  report.rows = {row("EC2", "USD", 2, "0.2"), row("S3", "USD", 1, "0.1000000000100001")};
  check_rows(report);
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(Report, WarnsWhenRowsDoNotAddUpToTheTotals) {
  Report report = report_of({shown(record("aws", "2026-06", {slice("a", "2026-06-01", 3, "0.3")}))},
                            by(ReportBy::service));
  report.rows = {row("EC2", "USD", 2, "0.2"), row("EC2", "EUR", 1, "0.1")};
  check_rows(report);
  EXPECT_THAT(
      report.warnings,
      ElementsAre(
          HasSubstr("EUR: the rows hold 1 charges, the control totals 0"),
          HasSubstr("EUR: the rows add up to 0.1, the control totals to 0"),
          HasSubstr("USD: the rows hold 2 charges, the control totals 3"),
          HasSubstr(
              "USD: the rows add up to 0.2, the control totals to 0.3, which is -0.1 apart")));
}

TEST(Report, InventsNoTotalOfWhatNoRecordTells) {
  auto lost = shown(record("aws", "2026-06", {slice("a", "2026-06-01", 1, "1")}));
  lost.record.reset();
  Report report = report_of({lost}, by(ReportBy::service));
  report.rows = {row("EC2", "USD", 1, "1")};
  check_rows(report);
  EXPECT_THAT(report.totals, IsEmpty());
  EXPECT_THAT(report.warnings, testing::Contains(HasSubstr("USD: the rows hold 1 charges")));
}

TEST(Report, ShowsTheLargestFirstAndAddsTheOthersUp) {
  Report report;
  report.scope = by(ReportBy::service);
  report.rows = {row("small", "USD", 1, "1"), row("credit", "USD", 1, "-5"),
                 row("large", "USD", 1, "10"), row("middle", "USD", 1, "3"),
                 row("only", "EUR", 1, "2")};
  arrange(report, 2);
  EXPECT_THAT(texts(report), ElementsAre("only EUR 1 2", "large USD 1 10", "middle USD 1 3",
                                         "(others: 2) USD 2 -4"));
}

TEST(Report, KeepsTheOrderOfDaysAlsoForTheLargest) {
  Report report;
  report.scope = by(ReportBy::day);
  report.rows = {row("2026-06-01", "USD", 1, "5"), row("2026-06-02", "USD", 1, "1"),
                 row("2026-06-03", "USD", 1, "9")};
  arrange(report, 2);
  EXPECT_THAT(texts(report),
              ElementsAre("2026-06-01 USD 1 5", "2026-06-03 USD 1 9", "(others: 1) USD 1 1"));
}

}  // namespace
}  // namespace billow::daemon
