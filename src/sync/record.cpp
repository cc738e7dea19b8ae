#include "sync/record.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <utility>

namespace billow::sync {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using rapidjson::Value;

constexpr std::array<std::pair<DeliveryState, std::string_view>, 5> state_names = {{
    {DeliveryState::loading, "loading"},
    {DeliveryState::verified, "verified"},
    {DeliveryState::published, "published"},
    {DeliveryState::superseded, "superseded"},
    {DeliveryState::withheld, "withheld"},
}};

void text(Writer& out, std::string_view value) {
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void member(Writer& out, std::string_view name, std::string_view value) {
  text(out, name);
  text(out, value);
}
void member(Writer& out, std::string_view name, std::uint64_t value) {
  text(out, name);
  out.Uint64(value);
}

/// The sums as decimal text: exact in every JSON reader, which numbers are not.
void sums(Writer& out, std::string_view name, const std::array<DecimalSum, cost_kinds>& values) {
  text(out, name);
  out.StartObject();
  for (std::size_t kind = 0; kind < cost_kinds; ++kind)
    member(out, cost_names[kind], values[kind].to_string());
  out.EndObject();
}

void currencies(Writer& out, const ControlTotals& totals) {
  text(out, "Currencies");
  out.StartArray();
  for (const auto& [currency, of_currency] : totals.by_currency) {
    out.StartObject();
    member(out, "BillingCurrency", currency);
    member(out, "Lines", of_currency.lines);
    sums(out, "Sums", of_currency.sums);
    sums(out, "Negatives", of_currency.negatives);
    out.EndObject();
  }
  out.EndArray();
}

/// Per currency, as numbers that Elasticsearch can add up and chart; the exact ones are with the
/// slices.
void total_numbers(Writer& out, const ControlTotals& totals) {
  text(out, "Totals");
  out.StartArray();
  for (const auto& [currency, of_currency] : totals.by_currency) {
    out.StartObject();
    member(out, "BillingCurrency", currency);
    member(out, "x_ChargeCount", of_currency.lines);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      text(out, cost_names[kind]);
      const std::string number = of_currency.sums[kind].to_string();
      out.RawValue(number.data(), number.size(), rapidjson::kNumberType);
    }
    out.EndObject();
  }
  out.EndArray();
}

/// Reads members with a default where they are absent or of another type: `ok` tells whether all
/// were there.
struct Reader {
  const Value& object;
  bool& ok;

  const Value* find(const char* name) const {
    const auto place = object.IsObject() ? object.FindMember(name) : Value::ConstMemberIterator();
    if (!object.IsObject() || place == object.MemberEnd()) {
      ok = false;
      return nullptr;
    }
    return &place->value;
  }
  std::string text(const char* name) const {
    const Value* value = find(name);
    if (value == nullptr || !value->IsString()) return ok = false, std::string();
    return {value->GetString(), value->GetStringLength()};
  }
  std::uint64_t number(const char* name) const {
    const Value* value = find(name);
    if (value == nullptr || !value->IsUint64()) return ok = false, 0;
    return value->GetUint64();
  }
  bool flag(const char* name) const {
    const Value* value = find(name);
    if (value == nullptr || !value->IsBool()) return ok = false, false;
    return value->GetBool();
  }
  template <class Take>
  void each(const char* name, Take take) const {
    const Value* value = find(name);
    if (value == nullptr || !value->IsArray()) {
      ok = false;
      return;
    }
    for (const Value& item : value->GetArray()) take(item);
  }
  void sums(const char* name, std::array<DecimalSum, cost_kinds>& out) const {
    const Value* value = find(name);
    if (value == nullptr) return;
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      const auto sum = DecimalSum::parse(Reader{*value, ok}.text(cost_names[kind].data()));
      if (sum) {
        out[kind] = *sum;
      } else {
        ok = false;
      }
    }
  }
};

Slice read_slice(const Value& value, bool& ok) {
  const Reader in{value, ok};
  Slice slice;
  slice.id = in.text("x_SliceId");
  slice.key.day = static_cast<std::int32_t>(in.number("Day"));
  slice.key.long_period = in.flag("LongPeriod");
  slice.totals.lines = in.number("Lines");
  slice.totals.digest = Digest::parse(in.text("Digest"));
  in.each("Currencies", [&](const Value& item) {
    const Reader currency{item, ok};
    CurrencyTotals& totals = slice.totals.by_currency[currency.text("BillingCurrency")];
    totals.lines = currency.number("Lines");
    currency.sums("Sums", totals.sums);
    currency.sums("Negatives", totals.negatives);
  });
  return slice;
}

}  // namespace

std::string_view name_of(DeliveryState state) noexcept {
  for (const auto& [value, name] : state_names) {
    if (value == state) return name;
  }
  return "unknown";
}

ControlTotals DeliveryRecord::totals() const {
  ControlTotals all;
  for (const Slice& slice : slices) all.add(slice.totals);
  return all;
}

std::string DeliveryRecord::to_json() const {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  out.StartObject();
  member(out, "@timestamp", at);
  member(out, "x_FeedId", feed);
  member(out, "Kind", kind);
  member(out, "BillingPeriod", period);
  member(out, "x_DeliveryId", delivery_id);
  member(out, "ExecutionId", execution_id);
  member(out, "ManifestKey", manifest_key);
  member(out, "ManifestETag", manifest_etag);
  member(out, "State", name_of(state));
  member(out, "SchemaVersion", static_cast<std::uint64_t>(schema));
  member(out, "Software", software);
  member(out, "Token", token);
  member(out, "RowsRead", rows_read);
  member(out, "RowsDropped", rows_dropped);
  member(out, "RowsDead", rows_dead);
  member(out, "SlicesKept", slices_kept);
  member(out, "SlicesLoaded", slices_loaded);
  member(out, "SlicesWithdrawn", slices_withdrawn);
  total_numbers(out, totals());
  text(out, "NegationResidues");
  out.StartArray();
  for (const std::string& residue : negation_residues) text(out, residue);
  out.EndArray();
  text(out, "Objects");
  out.StartArray();
  for (const fetch::ObjectInfo& object : objects) {
    out.StartObject();
    member(out, "Key", object.key);
    member(out, "Size", object.size);
    member(out, "ETag", object.etag);
    out.EndObject();
  }
  out.EndArray();
  text(out, "Slices");
  out.StartArray();
  for (const Slice& slice : slices) {
    out.StartObject();
    member(out, "x_SliceId", slice.id);
    member(out, "Day", static_cast<std::uint64_t>(slice.key.day));
    text(out, "LongPeriod");
    out.Bool(slice.key.long_period);
    member(out, "Lines", slice.totals.lines);
    member(out, "Digest", slice.totals.digest.to_string());
    currencies(out, slice.totals);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Result<DeliveryRecord> DeliveryRecord::from_json(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
  if (document.HasParseError()) return Error{Errc::malformed, "delivery record: not JSON"};
  bool ok = true;
  const Reader in{document, ok};
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
  in.each("NegationResidues", [&](const Value& item) {
    if (item.IsString())
      record.negation_residues.emplace_back(item.GetString(), item.GetStringLength());
  });
  in.each("Objects", [&](const Value& item) {
    const Reader object{item, ok};
    fetch::ObjectInfo info;
    info.key = object.text("Key");
    info.size = object.number("Size");
    info.etag = object.text("ETag");
    record.objects.push_back(std::move(info));
  });
  in.each("Slices", [&](const Value& item) { record.slices.push_back(read_slice(item, ok)); });
  if (!ok)
    return Error{Errc::malformed, "delivery record " + record.document_id() +
                                      ": members are missing or of a wrong type"};
  return record;
}

}  // namespace billow::sync
