#include "proof/reconciliation.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace billow::proof {
namespace {

const CurrencyTotals& totals_of(const Account& account, const std::string& currency) {
  static const CurrencyTotals nothing;
  const auto found = account.totals.find(currency);
  return found == account.totals.end() ? nothing : found->second;
}

double absolute_sum(const CurrencyTotals& totals, std::size_t kind) {
  DecimalSum sum = totals.sums[kind];
  sum.subtract(totals.negatives[kind]);
  sum.subtract(totals.negatives[kind]);
  return std::fabs(sum.to_double());
}

ReconciledRow row_of(const PeriodAccounts& period, const std::string& currency,
                     const Account& account) {
  const auto known = [](const Account& any) { return any.known; };
  const auto first = std::find_if(period.accounts.begin(), period.accounts.end(), known);
  ReconciledRow row;
  row.feed = period.feed;
  row.period = period.period;
  row.currency = currency;
  row.place = account.place;
  row.known = account.known;
  row.exact = account.exact;
  if (!account.known) return row;
  row.first = &account == &*first;
  const CurrencyTotals& totals = totals_of(account, currency);
  const CurrencyTotals& expected = totals_of(*first, currency);
  row.lines = totals.lines;
  row.sums = totals.sums;
  // A count that was forged may be any: only without a sign every difference has a value.
  row.lines_apart = static_cast<std::int64_t>(totals.lines - expected.lines);
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    DecimalSum apart = totals.sums[kind];
    apart.subtract(expected.sums[kind]);
    const bool explained = !account.exact && std::fabs(apart.to_double()) <=
                                                 doubles_tolerance * absolute_sum(expected, kind);
    if (!explained) row.apart[kind] = apart;
  }
  return row;
}

/// The invoices of one currency.
struct Stated {
  DecimalSum sum;
  int places = 0;
};

ReconciledRow row_of(const std::string& currency, const Stated& stated,
                     const std::vector<PeriodAccounts>& periods, const std::string& charges) {
  ReconciledRow row;
  row.currency = currency;
  row.place = "invoice";
  DecimalSum billed;
  for (const PeriodAccounts& period : periods) {
    for (const Account& account : period.accounts) {
      if (account.place != charges) continue;
      row.known = row.known && account.known;
      billed.add(totals_of(account, currency).sums[0]);
    }
  }
  row.sums[0] = stated.sum;
  if (!row.known) return row;
  const auto rounded = DecimalSum::parse(billed.to_string_rounded(stated.places));
  if (rounded && *rounded == stated.sum) return row;
  row.apart[0] = stated.sum;
  row.apart[0].subtract(billed);
  return row;
}

}  // namespace

bool ReconciledRow::differs() const {
  const auto zero = [](const DecimalSum& sum) { return sum.is_zero(); };
  return lines_apart != 0 || !std::all_of(apart.begin(), apart.end(), zero);
}

bool Reconciliation::agrees() const {
  const auto differs = [](const ReconciledRow& row) { return row.differs(); };
  return failures.empty() && std::none_of(rows.begin(), rows.end(), differs) &&
         std::none_of(invoices.begin(), invoices.end(), differs);
}

Reconciliation reconcile(const std::vector<PeriodAccounts>& periods,
                         const std::vector<Invoice>& invoices, const std::string& charges) {
  Reconciliation made;
  for (const PeriodAccounts& period : periods) {
    std::set<std::string> currencies;
    for (const Account& account : period.accounts)
      for (const auto& [currency, totals] : account.totals) currencies.insert(currency);
    for (const std::string& currency : currencies)
      for (const Account& account : period.accounts)
        made.rows.push_back(row_of(period, currency, account));
  }
  std::map<std::string, Stated> by_currency;
  for (const Invoice& invoice : invoices) {
    Stated& stated = by_currency[invoice.currency];
    stated.sum.add(invoice.amount);
    stated.places = std::max(stated.places, static_cast<int>(invoice.amount.scale));
  }
  for (const auto& [currency, stated] : by_currency)
    made.invoices.push_back(row_of(currency, stated, periods, charges));
  return made;
}

}  // namespace billow::proof
