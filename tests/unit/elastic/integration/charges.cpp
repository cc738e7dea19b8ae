#include "charges.hpp"

namespace billow::elastic {

void Charges::append(const std::string& slice, const std::string& currency,
                     const std::string& amount) {
  body_.index = index_;
  body_.offsets.push_back(static_cast<std::uint32_t>(body_.bytes.size()));
  body_.bytes += R"({"create":{"_id":")" + slice + "-" + std::to_string(lines_[slice]++) + "\"}}\n";
  body_.bytes +=
      R"({"@timestamp":"2026-06-01T00:00:00Z","BillingCurrency":")" + currency +
      R"(","ServiceName":"EC2",)" + R"("BilledCost":)" + amount + R"(,"ContractedCost":)" + amount +
      R"(,"EffectiveCost":)" + amount + R"(,"ListCost":)" + amount +
      R"(,"Tags":{"team":"a","env":true},"x_Tags":["team=a","env"],"x_UnblendedCost":1,"x_Operation":"Run",)" +
      R"("x_SliceId":")" + slice + "\"}\n";
}

void Charges::add(const std::string& slice, const std::string& currency,
                  const std::string& amount) {
  append(slice, currency, amount);
  const Decimal value = Decimal::parse(amount).value();
  Slice& expected = slices_[slice];
  expected.id = slice;
  ++expected.totals.lines;
  CurrencyTotals& totals = expected.totals.by_currency[currency];
  ++totals.lines;
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
    totals.sums[kind].add(value);
    if (value.is_negative()) totals.negatives[kind].add(value);
  }
}

void Charges::add_poisoned(const std::string& slice) { append(slice, "USD", R"("a lot")"); }

BulkBody Charges::take_body() {
  BulkBody taken = std::move(body_);
  body_ = BulkBody();
  return taken;
}

std::vector<Slice> Charges::slices() const {
  std::vector<Slice> all;
  for (const auto& [id, slice] : slices_) all.push_back(slice);
  return all;
}

}  // namespace billow::elastic
