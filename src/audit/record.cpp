#include "audit/record.hpp"

#include "audit/canonical.hpp"
#include "charge/statement_json.hpp"

#include <algorithm>
#include <set>

namespace billow::audit {
namespace {

void write_replaced(JsonWriter& out, const std::vector<ReplacedSlice>& replaced) {
  write_text(out, "Replaced");
  out.StartArray();
  for (const ReplacedSlice& slice : replaced) {
    out.StartObject();
    write_member(out, "x_SliceId", slice.id);
    write_member(out, "Lines", slice.lines);
    out.EndObject();
  }
  out.EndArray();
}

void write_moved(JsonWriter& out, const std::vector<Movement>& moved) {
  write_text(out, "Moved");
  out.StartArray();
  for (const Movement& movement : moved) {
    out.StartObject();
    write_member(out, "BillingCurrency", movement.currency);
    write_text(out, "Lines");
    out.Int64(movement.lines);
    write_sums(out, "Sums", movement.sums);
    out.EndObject();
  }
  out.EndArray();
}

/// A count that was forged may be any, and so wraps rather than overflows.
std::int64_t plus(std::int64_t lines, std::uint64_t more) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(lines) + more);
}

Movement& movement_of(std::vector<Movement>& moved, const std::string& currency) {
  const auto place = std::lower_bound(
      moved.begin(), moved.end(), currency,
      [](const Movement& movement, const std::string& code) { return movement.currency < code; });
  if (place != moved.end() && place->currency == currency) return *place;
  Movement fresh;
  fresh.currency = currency;
  return *moved.insert(place, std::move(fresh));
}

}  // namespace

ControlTotals Record::totals() const {
  ControlTotals all;
  for (const Slice& slice : slices) all.add(slice.totals);
  return all;
}

std::string Record::delivery_record() const {
  return feed + ":" + period + ":" + delivery_id + ":" + std::to_string(token - 1);
}

std::string Record::to_json() const {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_member(out, "Sequence", sequence);
  write_member(out, "@timestamp", at);
  write_member(out, "x_FeedId", feed);
  write_member(out, "Kind", kind);
  write_member(out, "BillingPeriod", period);
  write_member(out, "Token", token);
  write_member(out, "x_DeliveryId", delivery_id);
  write_member(out, "ExecutionId", execution_id);
  write_member(out, "ManifestKey", manifest_key);
  write_member(out, "ManifestETag", manifest_etag);
  write_objects(out, objects);
  write_member(out, "RowsRead", rows_read);
  write_member(out, "RowsDropped", rows_dropped);
  write_member(out, "RowsDead", rows_dead);
  write_coverage(out, coverage, parts);
  write_slices(out, slices);
  write_replaced(out, replaced);
  write_moved(out, moved);
  write_member(out, "SchemaVersion", static_cast<std::uint64_t>(schema));
  write_member(out, "Software", software);
  write_text(out, "Recovered");
  out.Bool(recovered);
  write_member(out, "PreviousHash", previous_hash);
  write_member(out, "Hash", hash);
  out.EndObject();
  const std::string_view json(buffer.GetString(), buffer.GetSize());
  auto canonical = canonical_json(json);
  // Only a text that is not UTF-8 can be at fault. Elasticsearch refuses it by its own words.
  return canonical ? *std::move(canonical) : std::string(json);
}

Result<Record> Record::from_json(std::string_view json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError()) return Error{Errc::malformed, "audit record: not JSON"};
  bool ok = true;
  const JsonReader in(document, ok);
  Record record;
  record.sequence = in.number("Sequence");
  record.at = in.text("@timestamp");
  record.feed = in.text("x_FeedId");
  record.kind = in.text("Kind");
  record.period = in.text("BillingPeriod");
  record.token = in.number("Token");
  record.delivery_id = in.text("x_DeliveryId");
  record.execution_id = in.text("ExecutionId");
  record.manifest_key = in.text("ManifestKey");
  record.manifest_etag = in.text("ManifestETag");
  record.objects = read_objects<SourceObject>(in);
  record.rows_read = in.number("RowsRead");
  record.rows_dropped = in.number("RowsDropped");
  record.rows_dead = in.number("RowsDead");
  record.coverage = read_coverage(in);
  record.parts = read_parts(in);
  record.slices = read_slices(in);
  in.each("Replaced", [&record](const JsonReader& item) {
    record.replaced.push_back({item.text("x_SliceId"), item.number("Lines")});
  });
  in.each("Moved", [&record](const JsonReader& item) {
    Movement movement;
    movement.currency = item.text("BillingCurrency");
    movement.lines = item.integer("Lines");
    read_sums(item, "Sums", movement.sums);
    record.moved.push_back(std::move(movement));
  });
  record.schema = static_cast<int>(in.number("SchemaVersion"));
  record.software = in.text("Software");
  record.recovered = in.flag("Recovered");
  record.previous_hash = in.text("PreviousHash");
  record.hash = in.text("Hash");
  if (!ok) return Error{Errc::malformed, "audit record: members are missing or of a wrong type"};
  return record;
}

std::string record_id(std::uint64_t sequence) {
  constexpr std::size_t digits_min = 12;
  const std::string digits = std::to_string(sequence);
  return digits.size() >= digits_min ? digits
                                     : std::string(digits_min - digits.size(), '0') + digits;
}

std::vector<Movement> movements(const ControlTotals& before, const ControlTotals& after) {
  std::vector<Movement> moved;
  for (const auto& [currency, totals] : after.by_currency) {
    Movement& movement = movement_of(moved, currency);
    movement.lines = plus(movement.lines, totals.lines);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind)
      movement.sums[kind].add(totals.sums[kind]);
  }
  for (const auto& [currency, totals] : before.by_currency) {
    Movement& movement = movement_of(moved, currency);
    movement.lines = plus(movement.lines, -totals.lines);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind)
      movement.sums[kind].subtract(totals.sums[kind]);
  }
  return moved;
}

std::vector<ReplacedSlice> replaced_slices(const std::vector<Slice>& before,
                                           const std::vector<Slice>& after) {
  std::set<std::string_view> kept;
  for (const Slice& slice : after) kept.insert(slice.id);
  std::vector<ReplacedSlice> replaced;
  for (const Slice& slice : before) {
    if (!kept.contains(slice.id)) replaced.push_back({slice.id, slice.totals.lines});
  }
  return replaced;
}

void describe_change(Record& record, const std::vector<Slice>& before) {
  ControlTotals totals_before;
  for (const Slice& slice : before) totals_before.add(slice.totals);
  record.replaced = replaced_slices(before, record.slices);
  record.moved = movements(totals_before, record.totals());
}

bool is_as_written(const Record& record) {
  const auto hash = hash_of(record.to_json());
  return hash && *hash == record.hash;
}

void seal(Record& record, std::uint64_t sequence, std::string previous_hash) {
  record.sequence = sequence;
  record.previous_hash = std::move(previous_hash);
  const std::string json = record.to_json();
  auto hash = hash_of(json);
  record.hash = hash ? *std::move(hash) : sha256(json);
}

}  // namespace billow::audit
