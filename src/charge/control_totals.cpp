#include "charge/control_totals.hpp"

#include "base/civil_time.hpp"

namespace billow {

void CurrencyTotals::add(const CurrencyTotals& other) {
  lines += other.lines;
  for (std::size_t i = 0; i < cost_kinds; ++i) {
    sums[i].add(other.sums[i]);
    negatives[i].add(other.negatives[i]);
  }
}

std::string Digest::to_string() const {
  std::string hex(32, '0');
  Uint128 rest = value;
  for (auto digit = hex.rbegin(); digit != hex.rend(); ++digit, rest >>= 4) {
    *digit = "0123456789abcdef"[static_cast<unsigned>(rest & 15)];
  }
  return hex;
}

Digest Digest::parse(std::string_view hex) {
  if (hex.size() != 32) return {};
  Digest digest;
  for (const char c : hex) {
    const std::size_t nibble = std::string_view("0123456789abcdef").find(c);
    if (nibble == std::string_view::npos) return {};
    digest.value = digest.value << 4 | nibble;
  }
  return digest;
}

void ControlTotals::add(const ControlTotals& other) {
  lines += other.lines;
  for (const auto& [currency, totals] : other.by_currency) by_currency[currency].add(totals);
  digest.add(other.digest.value);
}

std::string SliceKey::to_string() const {
  return format_date(day * seconds_per_day) + (long_period ? "-long" : "");
}

}  // namespace billow
