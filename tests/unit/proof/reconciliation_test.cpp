#include "proof/reconciliation.hpp"

#include <gtest/gtest.h>

namespace billow::proof {
namespace {

constexpr const char* charges = "charges";

Decimal decimal(const char* text) { return Decimal::parse(text).value(); }

/// An account of one currency: `lines` charges of `billed` together.
Account account(const char* place, const char* billed, std::uint64_t lines = 2,
                const char* currency = "USD") {
  Account made;
  made.place = place;
  CurrencyTotals& totals = made.totals[currency];
  totals.lines = lines;
  totals.sums[0].add(decimal(billed));
  return made;
}

Account rollup(const char* billed, std::uint64_t lines = 2) {
  Account made = account("billow-daily", billed, lines);
  made.exact = false;
  return made;
}

std::vector<PeriodAccounts> june(std::vector<Account> accounts) {
  PeriodAccounts period;
  period.feed = "aws-1";
  period.period = "2026-06";
  period.accounts = std::move(accounts);
  return {period};
}

Invoice invoice(const char* amount, const char* currency = "USD") {
  Invoice made;
  made.currency = currency;
  made.amount = decimal(amount);
  return made;
}

Reconciliation reconciled(std::vector<Account> accounts, std::vector<Invoice> invoices = {}) {
  return reconcile(june(std::move(accounts)), invoices, charges);
}

TEST(Reconciliation, AgreesWhereEverybodySaysTheSame) {
  const auto made =
      reconciled({account("provider", "4.065"), account(charges, "4.0650"), rollup("4.065")});
  EXPECT_TRUE(made.agrees());
  ASSERT_EQ(made.rows.size(), 3U);
  EXPECT_TRUE(made.rows[0].first);
  EXPECT_FALSE(made.rows[1].first);
  EXPECT_EQ(made.rows[1].sums[0].to_string(), "4.065");
}

TEST(Reconciliation, SaysToTheLastDigitByHowMuchAnExactSumDiffers) {
  const auto made = reconciled({account("provider", "100000000000000000.000000000000000001"),
                                account(charges, "100000000000000000", 3)});
  EXPECT_FALSE(made.agrees());
  EXPECT_FALSE(made.rows[0].differs());
  EXPECT_EQ(made.rows[1].apart[0].to_string(), "-0.000000000000000001");
  EXPECT_EQ(made.rows[1].lines_apart, 1);
}

TEST(Reconciliation, TakesAnyCountThatARecordMayClaim) {
  const auto made =
      reconciled({account("audit chain", "1", std::uint64_t{1} << 63), account(charges, "1", 9)});
  EXPECT_FALSE(made.agrees());
  EXPECT_EQ(made.rows[1].lines_apart, INT64_MIN + 9);
}

TEST(Reconciliation, ComparesEachOfTheFourCosts) {
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    Account other = account(charges, "1");
    other.totals["USD"].sums[kind].add(decimal("0.01"));
    const auto made = reconciled({account("provider", "1"), other});
    EXPECT_FALSE(made.agrees()) << kind;
    EXPECT_EQ(made.rows[1].apart[kind].to_string(), "0.01") << kind;
  }
}

TEST(Reconciliation, TakesInARollupWhatDoublesExplainAndNoMore) {
  EXPECT_TRUE(reconciled({account(charges, "10000000"), rollup("10000000.00000001")}).agrees());
  const auto made = reconciled({account(charges, "10000000"), rollup("10000000.000001")});
  EXPECT_EQ(made.rows[1].apart[0].to_string(), "0.000001");
  EXPECT_FALSE(reconciled({account(charges, "1"), rollup("1", 3)}).agrees());
  EXPECT_FALSE(
      reconciled({account("provider", "1"), account(charges, "1.00000000000000001")}).agrees());
}

TEST(Reconciliation, MeasuresDoublesAgainstWhatCancelsOut) {
  Account cancelled = account(charges, "0");
  cancelled.totals["USD"].negatives[0].add(decimal("-1000"));
  EXPECT_TRUE(reconciled({cancelled, rollup("0.000000000001")}).agrees());
  EXPECT_FALSE(reconciled({account(charges, "0"), rollup("0.000000000001")}).agrees());
}

TEST(Reconciliation, NeverMixesCurrencies) {
  Account both = account("provider", "1");
  both.totals["EUR"].sums[0].add(decimal("1"));
  const auto made = reconciled({both, account(charges, "2")});
  ASSERT_EQ(made.rows.size(), 4U);
  EXPECT_EQ(made.rows[1].currency, "EUR");
  EXPECT_EQ(made.rows[1].apart[0].to_string(), "-1");
  EXPECT_EQ(made.rows[3].currency, "USD");
  EXPECT_EQ(made.rows[3].apart[0].to_string(), "1");
}

TEST(Reconciliation, ComparesWithTheNextWhereTheFirstCouldNotBeAsked) {
  Account silent;
  silent.place = "provider";
  silent.known = false;
  const auto made = reconciled({silent, account("audit chain", "1"), account(charges, "3")});
  ASSERT_EQ(made.rows.size(), 3U);
  EXPECT_FALSE(made.rows[0].known);
  EXPECT_FALSE(made.rows[0].differs());
  EXPECT_TRUE(made.rows[1].first);
  EXPECT_EQ(made.rows[2].apart[0].to_string(), "2");
}

TEST(Reconciliation, DoesNotAgreeWhereSomethingCouldNotBeCompared) {
  auto made = reconciled({account(charges, "1")});
  EXPECT_TRUE(made.agrees());
  made.failures.emplace_back("the source is gone");
  EXPECT_FALSE(made.agrees());
}

TEST(Reconciliation, RoundsToThePlacesOfAnInvoice) {
  for (const char* same : {"4.065", "4.07", "4.1", "4", "4.0650"})
    EXPECT_TRUE(reconciled({account(charges, "4.065")}, {invoice(same)}).agrees()) << same;
  for (const char* other : {"4.06", "4.08", "4.070", "4.0651", "-4.07"})
    EXPECT_FALSE(reconciled({account(charges, "4.065")}, {invoice(other)}).agrees()) << other;
}

TEST(Reconciliation, SaysByHowMuchAnInvoiceDiffersFromTheExactSum) {
  const auto made = reconciled({account(charges, "4.065")}, {invoice("4.08")});
  ASSERT_EQ(made.invoices.size(), 1U);
  EXPECT_EQ(made.invoices[0].apart[0].to_string(), "0.015");
}

TEST(Reconciliation, ComparesInvoicesWithTheChargesOfAllPeriods) {
  auto periods = june({account("provider", "1"), account(charges, "2")});
  periods.push_back(periods.front());
  periods.back().period = "2026-07";
  const auto made = reconcile(periods, {invoice("4.00")}, charges);
  EXPECT_FALSE(made.invoices[0].differs());
}

TEST(Reconciliation, ComparesNoInvoiceWithChargesThatAreNotKnown) {
  Account hidden;
  hidden.place = charges;
  hidden.known = false;
  const auto made = reconciled({account("provider", "4"), hidden}, {invoice("4")});
  EXPECT_FALSE(made.invoices[0].known);
  EXPECT_FALSE(made.invoices[0].differs());
}

TEST(Reconciliation, AddsUpInvoicesOfOneCurrency) {
  const auto made = reconciled({account(charges, "4.065")},
                               {invoice("3"), invoice("5.00", "EUR"), invoice("1.07")});
  ASSERT_EQ(made.invoices.size(), 2U);
  EXPECT_EQ(made.invoices[0].apart[0].to_string(), "5");
  EXPECT_EQ(made.invoices[1].sums[0].to_string(), "4.07");
  EXPECT_FALSE(made.invoices[1].differs());
}

}  // namespace
}  // namespace billow::proof
