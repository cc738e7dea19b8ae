#include "sync/record.hpp"

#include "charge/statement_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace billow::sync {
namespace {

constexpr std::array<std::pair<DeliveryState, std::string_view>, 5> state_names = {{
    {DeliveryState::loading, "loading"},
    {DeliveryState::verified, "verified"},
    {DeliveryState::published, "published"},
    {DeliveryState::superseded, "superseded"},
    {DeliveryState::withheld, "withheld"},
}};

/// Per currency, as numbers that Elasticsearch can add up and chart; the exact ones are with the
/// slices.
void total_numbers(JsonWriter& out, const ControlTotals& totals) {
  write_text(out, "Totals");
  out.StartArray();
  for (const auto& [currency, of_currency] : totals.by_currency) {
    out.StartObject();
    write_member(out, "BillingCurrency", currency);
    write_member(out, "x_ChargeCount", of_currency.lines);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      write_text(out, cost_names[kind]);
      const std::string number = of_currency.sums[kind].to_string();
      out.RawValue(number.data(), number.size(), rapidjson::kNumberType);
    }
    out.EndObject();
  }
  out.EndArray();
}

}  // namespace

std::string_view name_of(DeliveryState state) noexcept {
  for (const auto& [value, name] : state_names) {
    if (value == state) return name;
  }
  return "unknown";
}

std::vector<std::string> slice_ids(const std::vector<Slice>& slices) {
  std::vector<std::string> ids;
  ids.reserve(slices.size());
  for (const Slice& slice : slices) ids.push_back(slice.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string DeliveryRecord::document_id() const {
  const std::string attempt =
      state == DeliveryState::withheld ? std::string(name_of(state)) : std::to_string(token);
  return feed + ":" + period + ":" + delivery_id + ":" + attempt;
}

std::uint64_t DeliveryRecord::rows_missing() const noexcept {
  std::uint64_t missing = rows_dead;
  for (const Part& part : parts) {
    if (part.delivery_id != delivery_id && part.stands()) missing += part.rows_dead;
  }
  return missing;
}

ControlTotals DeliveryRecord::totals() const {
  ControlTotals all;
  for (const Slice& slice : slices) all.add(slice.totals);
  return all;
}

std::string DeliveryRecord::to_json() const {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_member(out, "@timestamp", at);
  write_member(out, "x_FeedId", feed);
  write_member(out, "Kind", kind);
  write_member(out, "BillingPeriod", period);
  write_member(out, "x_DeliveryId", delivery_id);
  write_member(out, "ExecutionId", execution_id);
  write_member(out, "ManifestKey", manifest_key);
  write_member(out, "ManifestETag", manifest_etag);
  write_member(out, "State", name_of(state));
  write_member(out, "SchemaVersion", static_cast<std::uint64_t>(schema));
  write_member(out, "Software", software);
  write_member(out, "Token", token);
  write_member(out, "RowsRead", rows_read);
  write_member(out, "RowsDropped", rows_dropped);
  write_member(out, "RowsDead", rows_dead);
  write_member(out, "SlicesKept", slices_kept);
  write_member(out, "SlicesLoaded", slices_loaded);
  write_member(out, "SlicesWithdrawn", slices_withdrawn);
  total_numbers(out, totals());
  write_text(out, "NegationResidues");
  out.StartArray();
  for (const std::string& residue : negation_residues) write_text(out, residue);
  out.EndArray();
  write_objects(out, objects);
  write_coverage(out, coverage, parts);
  write_slices(out, slices);
  write_text(out, "Replaced");
  out.StartObject();
  write_slices(out, replaced);
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Result<DeliveryRecord> DeliveryRecord::from_json(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
  if (document.HasParseError()) return Error{Errc::malformed, "delivery record: not JSON"};
  bool ok = true;
  const JsonReader in(document, ok);
  DeliveryRecord record;
  record.at = in.text("@timestamp");
  record.feed = in.text("x_FeedId");
  record.kind = in.text("Kind");
  record.period = in.text("BillingPeriod");
  record.delivery_id = in.text("x_DeliveryId");
  record.execution_id = in.text("ExecutionId");
  record.manifest_key = in.text("ManifestKey");
  record.manifest_etag = in.text("ManifestETag");
  const std::string state = in.text("State");
  for (const auto& [value, name] : state_names) {
    if (name == state) record.state = value;
  }
  record.schema = static_cast<int>(in.number("SchemaVersion"));
  record.software = in.text("Software");
  record.token = in.number("Token");
  record.rows_read = in.number("RowsRead");
  record.rows_dropped = in.number("RowsDropped");
  record.rows_dead = in.number("RowsDead");
  record.slices_kept = in.number("SlicesKept");
  record.slices_loaded = in.number("SlicesLoaded");
  record.slices_withdrawn = in.number("SlicesWithdrawn");
  record.negation_residues = in.texts("NegationResidues");
  record.objects = read_objects<fetch::ObjectInfo>(in);
  record.coverage = read_coverage(in);
  record.parts = read_parts(in);
  record.slices = read_slices(in);
  if (const rapidjson::Value* replaced = in.find("Replaced"))
    record.replaced = read_slices(in.at(*replaced));
  if (!ok)
    return Error{Errc::malformed, "delivery record " + record.document_id() +
                                      ": members are missing or of a wrong type"};
  return record;
}

}  // namespace billow::sync
