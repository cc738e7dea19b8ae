#pragma once

#include "base/decimal.hpp"
#include "charge/control_totals.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// Who says what of a period, and by how much they differ. Pure.
namespace billow::proof {

/// What one place says of a feed and period: the provider, the chain, the charges, a rollup.
struct Account {
  std::string place;  ///< "provider", "audit chain", "charges", "billow-daily"
  bool known = true;  ///< false: it could not be asked, and has no totals
  bool exact = true;  ///< false: the parts it is the exact sum of are doubles, by Elasticsearch
  std::map<std::string, CurrencyTotals, std::less<>> totals;  ///< by currency
};

/// Everything that was said of one feed and period. All are compared with the first that is known.
struct PeriodAccounts {
  std::string feed;
  std::string period;
  std::vector<Account> accounts;
};

/// How far an account that is not exact may be from one that is, as part of the sum of the absolute
/// amounts: each double is off by 1.1e-16 of its amount at the most, and each is rounded a few
/// times.
inline constexpr double doubles_tolerance = 1e-14;

/// A total that the user read from an invoice.
struct Invoice {
  std::string currency;
  Decimal amount;  ///< its scale says to how many places it was rounded
};

/// One line of a reconciliation.
struct ReconciledRow {
  std::string feed;  ///< "" for an invoice, which is about all of them together
  std::string period;
  std::string currency;
  std::string place;
  bool known = true;   ///< false: it could not be asked, nor an invoice compared
  bool exact = true;   ///< as the account's
  bool first = false;  ///< the others of the group are compared with it
  std::uint64_t lines = 0;
  std::array<DecimalSum, cost_kinds> sums;
  std::int64_t lines_apart = 0;              ///< from the first known account of the period
  std::array<DecimalSum, cost_kinds> apart;  ///< likewise; what doubles explain is 0
  bool differs() const;
};

struct Reconciliation {
  std::vector<ReconciledRow> rows;  ///< by feed, period and currency, in the order of the accounts
  /// BilledCost of invoices, by currency, against that of the charges; lines and other costs mean
  /// nothing.
  std::vector<ReconciledRow> invoices;
  std::vector<std::string> notes;     ///< worth telling, and not wrong
  std::vector<std::string> failures;  ///< what could not be compared, and what is not as it must be

  /// True when everything could be compared and nothing differs.
  bool agrees() const;
};

/// `charges`: the place whose sums invoices are compared with. Invoices of one currency are added
/// up. A sum that equals them once it is rounded, half away from zero, to the places of the one
/// with the most does not differ.
Reconciliation reconcile(const std::vector<PeriodAccounts>& periods,
                         const std::vector<Invoice>& invoices, const std::string& charges);

}  // namespace billow::proof
