#include "daemon/sync_summary.hpp"

#include "daemon/table.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>

#include <set>

namespace billow::daemon {
namespace {

using sync::DeliveryOutcome;
using sync::Verdict;

constexpr std::size_t residues_named_max = 5;

/// "+1.25", "-3"; "" for nothing.
std::string with_sign(const DecimalSum& moved) {
  if (moved.is_zero()) return "";
  const std::string text = grouped(moved.to_string());
  return text.front() == '-' ? text : "+" + text;
}

const CurrencyTotals* find(const ControlTotals& totals, const std::string& currency) {
  const auto found = totals.by_currency.find(currency);
  return found == totals.by_currency.end() ? nullptr : &found->second;
}

/// By how much a sum moved against what readers saw before.
DecimalSum moved(const ControlTotals& before, const ControlTotals& after,
                 const std::string& currency, std::size_t cost) {
  DecimalSum difference;
  if (const CurrencyTotals* sums = find(after, currency)) difference.add(sums->sums[cost]);
  if (const CurrencyTotals* sums = find(before, currency)) difference.subtract(sums->sums[cost]);
  return difference;
}

std::set<std::string> currencies(const ControlTotals& before, const ControlTotals& after) {
  std::set<std::string> all;
  for (const auto& [currency, sums] : before.by_currency) all.insert(currency);
  for (const auto& [currency, sums] : after.by_currency) all.insert(currency);
  return all;
}

void add_delivery(Table& table, const DeliveryOutcome& delivery) {
  const sync::DeliveryRecord& record = delivery.record;
  std::vector<std::string> row = {record.feed, record.period,
                                  std::string(name_of(delivery.verdict))};
  if (delivery.verdict == Verdict::failed) return table.add_row(std::move(row));
  const ControlTotals after = record.totals();
  const bool unchanged = delivery.verdict == Verdict::unchanged;
  // The record of an unchanged delivery tells how it was loaded once; now all of it was left alone.
  const std::uint64_t kept = unchanged ? record.slices.size() : record.slices_kept;
  row.insert(row.end(),
             {grouped(after.lines), grouped(kept), grouped(unchanged ? 0 : record.slices_loaded),
              grouped(unchanged ? 0 : record.slices_withdrawn)});
  const auto all = currencies(delivery.before.value_or(ControlTotals()), after);
  if (all.empty()) return table.add_row(std::move(row));
  for (const std::string& currency : all) {
    const CurrencyTotals* sums = find(after, currency);
    row.insert(row.end(),
               {currency, sums == nullptr ? "0" : grouped(sums->sums[0].to_string()),
                delivery.before ? with_sign(moved(*delivery.before, after, currency, 0)) : "new"});
    table.add_row(std::move(row));
    row.assign(7, "");
  }
}

/// Every sum that moved, for deliveries that replaced another.
std::string movements(const DeliveryOutcome& delivery) {
  if (!delivery.before || delivery.verdict != Verdict::published) return "";
  const ControlTotals after = delivery.record.totals();
  Table table({{"What moved"},
               {""},
               {"Before", Align::right},
               {"Now", Align::right},
               {"By", Align::right}});
  for (const std::string& currency : currencies(*delivery.before, after)) {
    for (std::size_t cost = 0; cost < cost_kinds; ++cost) {
      const DecimalSum by = moved(*delivery.before, after, currency, cost);
      if (by.is_zero()) continue;
      const CurrencyTotals* then = find(*delivery.before, currency);
      const CurrencyTotals* now = find(after, currency);
      table.add_row({std::string(cost_names[cost]), currency,
                     then == nullptr ? "0" : grouped(then->sums[cost].to_string()),
                     now == nullptr ? "0" : grouped(now->sums[cost].to_string()), with_sign(by)});
    }
  }
  if (table.empty()) return "";
  return fmt::format("\n{} {}\n{}", delivery.record.feed, delivery.record.period, table.render(0));
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + printable(word);
  return out;
}

/// What a person should know about the lines, one sentence a line.
std::string notes(const DeliveryOutcome& delivery) {
  const sync::DeliveryRecord& record = delivery.record;
  const std::string who = fmt::format("{} {}: ", record.feed, record.period);
  std::string out;
  if (record.rows_dead > 0) {
    out += who + fmt::format("{} of {} rows cannot become charges; see billow-dead-letters\n",
                             grouped(record.rows_dead), grouped(record.rows_read));
    for (const std::string& sample : delivery.dead_letter_samples)
      out += "  " + printable(sample) + "\n";
  }
  for (const std::string& difference : delivery.differences)
    out += who + "stored otherwise: " + printable(difference) + "\n";
  if (!delivery.columns_unknown.empty())
    out += who +
           "columns kept as x_, since no rule knows them: " + joined(delivery.columns_unknown) +
           "\n";
  if (!delivery.columns_missing.empty())
    out += who + "columns that the file lacks: " + joined(delivery.columns_missing) + "\n";
  const auto& residues = record.negation_residues;
  if (!residues.empty()) {
    out += who + fmt::format("{} savings-plan negations do not cancel the usage they cover:\n",
                             residues.size());
    for (std::size_t i = 0; i < residues.size() && i < residues_named_max; ++i)
      out += "  " + printable(residues[i]) + "\n";
  }
  return out;
}

}  // namespace

std::string summarize(const std::vector<sync::FeedOutcome>& outcomes, std::size_t width) {
  Table table({{"Feed", Align::left, true},
               {"Period"},
               {"Verdict"},
               {"Charges", Align::right},
               {"Kept", Align::right},
               {"Loaded", Align::right},
               {"Withdrawn", Align::right},
               {""},
               {std::string(cost_names[0]), Align::right},
               {"Moved by", Align::right}});
  std::string moves;
  std::string remarks;
  for (const sync::FeedOutcome& outcome : outcomes) {
    if (outcome.error)
      table.add_row(
          {outcome.feed, "", outcome.error->code == Errc::cancelled ? "stopped" : "failed"});
    for (const DeliveryOutcome& delivery : outcome.deliveries) {
      add_delivery(table, delivery);
      moves += movements(delivery);
      remarks += notes(delivery);
    }
  }
  if (table.empty()) return "nothing to do\n";
  return table.render(width) + moves + (remarks.empty() ? "" : "\n" + remarks);
}

}  // namespace billow::daemon
