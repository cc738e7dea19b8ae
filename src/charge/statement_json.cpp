#include "charge/statement_json.hpp"

namespace billow {
namespace {

void write_currencies(JsonWriter& out, const ControlTotals& totals) {
  write_text(out, "Currencies");
  out.StartArray();
  for (const auto& [currency, of_currency] : totals.by_currency) {
    out.StartObject();
    write_member(out, "BillingCurrency", currency);
    write_member(out, "Lines", of_currency.lines);
    write_sums(out, "Sums", of_currency.sums);
    write_sums(out, "Negatives", of_currency.negatives);
    out.EndObject();
  }
  out.EndArray();
}

Slice read_slice(const JsonReader& in) {
  Slice slice;
  slice.id = in.text("x_SliceId");
  slice.key.day = static_cast<std::int32_t>(in.number("Day"));
  slice.key.long_period = in.flag("LongPeriod");
  slice.totals.lines = in.number("Lines");
  slice.totals.digest = Digest::parse(in.text("Digest"));
  in.each("Currencies", [&slice](const JsonReader& currency) {
    CurrencyTotals& totals = slice.totals.by_currency[currency.text("BillingCurrency")];
    totals.lines = currency.number("Lines");
    read_sums(currency, "Sums", totals.sums);
    read_sums(currency, "Negatives", totals.negatives);
  });
  return slice;
}

}  // namespace

void write_sums(JsonWriter& out, std::string_view name,
                const std::array<DecimalSum, cost_kinds>& sums) {
  write_text(out, name);
  out.StartObject();
  for (std::size_t kind = 0; kind < cost_kinds; ++kind)
    write_member(out, cost_names[kind], sums[kind].to_string());
  out.EndObject();
}

void read_sums(const JsonReader& in, std::string_view name,
               std::array<DecimalSum, cost_kinds>& sums) {
  const rapidjson::Value* value = in.find(name);
  if (value == nullptr) return;
  const JsonReader costs = in.at(*value);
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) sums[kind] = costs.sum(cost_names[kind]);
}

void write_slices(JsonWriter& out, const std::vector<Slice>& slices) {
  write_text(out, "Slices");
  out.StartArray();
  for (const Slice& slice : slices) {
    out.StartObject();
    write_member(out, "x_SliceId", slice.id);
    write_member(out, "Day", static_cast<std::uint64_t>(slice.key.day));
    write_text(out, "LongPeriod");
    out.Bool(slice.key.long_period);
    write_member(out, "Lines", slice.totals.lines);
    write_member(out, "Digest", slice.totals.digest.to_string());
    write_currencies(out, slice.totals);
    out.EndObject();
  }
  out.EndArray();
}

std::vector<Slice> read_slices(const JsonReader& in) {
  std::vector<Slice> slices;
  in.each("Slices", [&slices](const JsonReader& item) { slices.push_back(read_slice(item)); });
  return slices;
}

}  // namespace billow
