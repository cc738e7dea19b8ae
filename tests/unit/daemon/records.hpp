#pragma once

#include "base/civil_time.hpp"
#include "sync/record.hpp"

/// Small records for the tests of what is made of them.
namespace billow::daemon::samples {

inline DecimalSum amount(std::string_view text) { return DecimalSum::parse(text).value(); }

/// A slice of one currency whose four costs are `cost`; a negative cost counts as negative
/// altogether.
inline Slice slice(std::string id, std::string_view date, std::uint64_t lines,
                   std::string_view cost, const std::string& currency = "USD",
                   bool long_period = false) {
  Slice made;
  made.id = std::move(id);
  made.key.day = static_cast<std::int32_t>(parse_time(date).value() / seconds_per_day);
  made.key.long_period = long_period;
  made.totals.lines = lines;
  CurrencyTotals& totals = made.totals.by_currency[currency];
  totals.lines = lines;
  for (DecimalSum& sum : totals.sums) sum.add(amount(cost));
  if (cost.starts_with('-')) totals.negatives = totals.sums;
  return made;
}

inline sync::DeliveryRecord record(std::string feed, std::string period,
                                   std::vector<Slice> slices) {
  sync::DeliveryRecord made;
  made.feed = std::move(feed);
  made.period = std::move(period);
  made.delivery_id = "d1";
  made.slices = std::move(slices);
  return made;
}

}  // namespace billow::daemon::samples
