#pragma once

#include "audit/record.hpp"

#include <string>
#include <vector>

namespace billow::audit {

inline DecimalSum amount(const std::string& text) { return DecimalSum::parse(text).value(); }

/// A slice whose four costs are the same.
inline Slice slice_of(const std::string& id, std::int32_t day, std::uint64_t lines,
                      const std::string& cost, const std::string& currency = "USD") {
  Slice slice;
  slice.id = id;
  slice.key.day = day;
  slice.totals.lines = lines;
  slice.totals.digest.value = static_cast<Uint128>(day) * 1000 + lines;
  CurrencyTotals& totals = slice.totals.by_currency[currency];
  totals.lines = lines;
  totals.sums.fill(amount(cost));
  return slice;
}

/// A publication of feed "aws-main", not sealed.
inline Record record_of(std::uint64_t token, std::vector<Slice> slices,
                        const std::string& period = "2026-06") {
  Record record;
  record.at = "2026-07-01T00:00:00Z";
  record.feed = "aws-main";
  record.kind = "aws/cur2";
  record.period = period;
  record.token = token;
  record.delivery_id = "d" + std::to_string(token);
  record.execution_id = "exec \"1\" \u00e9";
  record.manifest_key = "p/E/metadata/m.json";
  record.manifest_etag = "abc";
  record.objects = {{"p/E/data/1.csv.gz", 12, "e"}};
  record.rows_read = 10;
  record.rows_dropped = 1;
  record.rows_dead = 2;
  record.slices = std::move(slices);
  record.schema = 1;
  record.software = "0.1.0";
  return record;
}

}  // namespace billow::audit
