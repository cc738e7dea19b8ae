#include "daemon/history_format.hpp"

#include "base/civil_time.hpp"
#include "daemon/table.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <utility>

namespace billow::daemon {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
using proof::HistoryEvent;

std::string signed_text(std::string number) {
  return number.starts_with('-') || number == "0" ? number : "+" + number;
}

/// What readers see of a currency since a publish; nothing where it is gone.
const CurrencyTotals& totals_of(const HistoryEvent& event, const std::string& currency) {
  static const CurrencyTotals nothing;
  const auto found = event.totals.by_currency.find(currency);
  return found == event.totals.by_currency.end() ? nothing : found->second;
}

void write(Writer& writer, const char* key, const std::string& value) {
  writer.Key(key);
  writer.String(value);
}
void write(Writer& writer, const char* key, std::uint64_t value) {
  writer.Key(key);
  writer.Uint64(value);
}

void write_costs(Writer& writer, const char* key, const std::array<DecimalSum, cost_kinds>& sums) {
  writer.Key(key);
  writer.StartObject();
  for (std::size_t kind = 0; kind < cost_kinds; ++kind)
    write(writer, std::string(cost_names[kind]).c_str(), sums[kind].to_string());
  writer.EndObject();
}

void write_currency(Writer& writer, const HistoryEvent& event, const audit::Movement& moved) {
  const CurrencyTotals& totals = totals_of(event, moved.currency);
  writer.StartObject();
  write(writer, "BillingCurrency", moved.currency);
  write(writer, "charges", totals.lines);
  writer.Key("charges_moved");
  writer.Int64(moved.lines);
  write_costs(writer, "costs", totals.sums);
  write_costs(writer, "costs_moved", moved.sums);
  writer.EndObject();
}

void write_source(Writer& writer, const audit::Record& record) {
  writer.Key("manifest");
  writer.StartObject();
  write(writer, "key", record.manifest_key);
  write(writer, "etag", record.manifest_etag);
  writer.EndObject();
  writer.Key("objects");
  writer.StartArray();
  for (const audit::SourceObject& object : record.objects) {
    writer.StartObject();
    write(writer, "key", object.key);
    write(writer, "size", object.size);
    write(writer, "etag", object.etag);
    writer.EndObject();
  }
  writer.EndArray();
  write(writer, "rows_read", record.rows_read);
  write(writer, "rows_dropped", record.rows_dropped);
  write(writer, "rows_dead", record.rows_dead);
}

std::string date_of(std::int32_t day) {
  return format_date(static_cast<UnixSeconds>(day) * seconds_per_day);
}

/// What a delivery spoke for, where that was not the whole period.
void write_coverage(Writer& writer, const Coverage& coverage) {
  if (coverage.kind == DeliveryKind::full) return;
  writer.Key("coverage");
  writer.StartObject();
  write(writer, "kind", std::string(name_of(coverage.kind)));
  if (coverage.kind == DeliveryKind::window) {
    write(writer, "first_day", date_of(coverage.first_day));
    write(writer, "last_day", date_of(coverage.end_day - 1));
  }
  writer.EndObject();
}

/// The same for people.
std::string coverage_text(const Coverage& coverage) {
  if (coverage.kind == DeliveryKind::full) return "the period";
  if (coverage.kind == DeliveryKind::delta) return "lines in addition";
  return date_of(coverage.first_day) + " to " + date_of(coverage.end_day - 1);
}

void write_event(Writer& writer, const HistoryEvent& event) {
  const audit::Record& record = event.record;
  writer.StartObject();
  write(writer, "sequence", record.sequence);
  write(writer, "recorded_at", record.at);
  write(writer, "x_FeedId", record.feed);
  write(writer, "BillingPeriod", record.period);
  write(writer, "kind", record.kind);
  write(writer, "x_DeliveryId", record.delivery_id);
  write(writer, "execution_id", record.execution_id);
  write_coverage(writer, record.coverage);
  write_source(writer, record);
  write(writer, "slices", event.slices);
  write(writer, "slices_replaced", record.replaced.size());
  writer.Key("currencies");
  writer.StartArray();
  for (const audit::Movement& moved : event.moved) write_currency(writer, event, moved);
  writer.EndArray();
  write(writer, "software", record.software);
  writer.Key("recovered");
  writer.Bool(record.recovered);
  write(writer, "hash", record.hash);
  writer.Key("sound");
  writer.Bool(event.sound);
  writer.EndObject();
}

}  // namespace

std::string history_table(const HistoryReport& report, std::size_t width) {
  const std::string cost(cost_names[report.cost]);
  std::string out = "History of " + cost + ", " + report.scope + "\n\n";
  if (report.events.empty()) return out + "nothing was published\n";
  // Most feeds state whole periods: then nothing is said of it.
  const bool partial = std::ranges::any_of(report.events, [](const HistoryEvent& event) {
    return event.record.coverage.kind != DeliveryKind::full;
  });
  std::vector<Column> columns = {{"Record", Align::right},
                                 {"Recorded at"},
                                 {"Feed"},
                                 {"Period"},
                                 {"Charges", Align::right},
                                 {"moved", Align::right},
                                 {cost, Align::right},
                                 {"moved by", Align::right},
                                 {""},
                                 {"Objects", Align::right},
                                 {"Manifest", Align::left, true},
                                 {"Execution", Align::left, true}};
  if (partial) columns.insert(columns.begin() + 4, Column{"States"});
  Table table(std::move(columns));
  for (const HistoryEvent& event : report.events) {
    const audit::Record& record = event.record;
    for (const audit::Movement& moved : event.moved) {
      const CurrencyTotals& totals = totals_of(event, moved.currency);
      std::vector<std::string> row = {std::to_string(record.sequence) + (event.sound ? "" : "!"),
                                      record.at,
                                      record.feed,
                                      record.period,
                                      grouped(totals.lines),
                                      signed_text(std::to_string(moved.lines)),
                                      grouped(totals.sums[report.cost].to_string()),
                                      signed_text(grouped(moved.sums[report.cost].to_string())),
                                      moved.currency,
                                      std::to_string(record.objects.size()),
                                      record.manifest_key,
                                      record.execution_id};
      if (partial) row.insert(row.begin() + 4, coverage_text(record.coverage));
      table.add_row(std::move(row));
    }
  }
  return out + table.render(width);
}

std::string history_json(const HistoryReport& report) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartArray();
  for (const HistoryEvent& event : report.events) write_event(writer, event);
  writer.EndArray();
  return std::string(buffer.GetString()) + "\n";
}

std::string history_csv(const HistoryReport& report) {
  const std::string_view cost = cost_names[report.cost];
  std::string out = fmt::format(
      "Record,RecordedAt,x_FeedId,BillingPeriod,ExecutionId,ManifestKey,Objects,BillingCurrency,"
      "Charges,ChargesMoved,{0},{0}Moved\n",
      cost);
  for (const HistoryEvent& event : report.events) {
    const audit::Record& record = event.record;
    for (const audit::Movement& moved : event.moved) {
      const CurrencyTotals& totals = totals_of(event, moved.currency);
      out +=
          fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", record.sequence,
                      csv_field(record.at), csv_field(record.feed), csv_field(record.period),
                      csv_field(record.execution_id), csv_field(record.manifest_key),
                      record.objects.size(), csv_field(moved.currency), totals.lines, moved.lines,
                      totals.sums[report.cost].to_string(), moved.sums[report.cost].to_string());
    }
  }
  return out;
}

}  // namespace billow::daemon
