#include "daemon/report_format.hpp"

#include "daemon/table.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace billow::daemon {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

constexpr int cent_places = 2;

std::string shown_value(const std::string& value) { return value.empty() ? "(none)" : value; }

/// "12.3 %", or "" where a share makes no sense.
std::string share(const ReportRow& row, const Report& report) {
  if (!report.complete) return "";
  const auto total = report.totals.find(row.currency);
  if (total == report.totals.end()) return "";
  const double whole = total->second.sums[report.scope.cost].to_double();
  if (whole <= 0) return "";
  return fmt::format("{:.1f} %", 100 * row.cost.to_double() / whole);
}

std::string title(const Report& report) {
  std::string line =
      fmt::format("{} by {}", cost_names[report.scope.cost], headings_of(report.scope.by).front());
  line +=
      report.scope.period ? ", billing period " + *report.scope.period : ", all billing periods";
  std::string feeds;
  for (const std::string& feed : report.scope.feeds) feeds += (feeds.empty() ? "" : ", ") + feed;
  return line + (feeds.empty() ? "" : ", feeds " + feeds) + "\n\n";
}

std::string no_figures(const Report& report) {
  return report.complete ? "nothing is visible\n"
                         : "charges are visible, and no record tells their totals\n";
}

void write_totals(Writer& writer, const Report& report) {
  writer.Key("totals");
  writer.StartArray();
  for (const auto& [currency, totals] : report.totals) {
    writer.StartObject();
    writer.Key("BillingCurrency");
    writer.String(currency);
    writer.Key("charges");
    writer.Uint64(totals.lines);
    for (std::size_t i = 0; i < cost_kinds; ++i) {
      writer.Key(cost_names[i].data());
      writer.String(totals.sums[i].to_string());
    }
    writer.EndObject();
  }
  writer.EndArray();
}

void write_rows(Writer& writer, const Report& report) {
  const std::vector<std::string> headings = headings_of(report.scope.by);
  writer.Key("rows");
  writer.StartArray();
  for (const ReportRow& row : report.rows) {
    writer.StartObject();
    for (std::size_t i = 0; i < headings.size(); ++i) {
      writer.Key(headings[i].c_str());
      if (row.group[i].empty())
        writer.Null();
      else
        writer.String(row.group[i]);
    }
    writer.Key("BillingCurrency");
    writer.String(row.currency);
    writer.Key("charges");
    writer.Uint64(row.charges);
    writer.Key(cost_names[report.scope.cost].data());
    writer.String(row.cost.to_string());
    writer.EndObject();
  }
  writer.EndArray();
}

}  // namespace

std::string report_table(const Report& report, std::size_t width) {
  if (report.totals.empty() && report.rows.empty()) return title(report) + no_figures(report);
  std::vector<Column> columns;
  for (const std::string& heading : headings_of(report.scope.by))
    columns.push_back({heading, Align::left, true});
  columns.push_back({"Charges", Align::right});
  columns.push_back({std::string(cost_names[report.scope.cost]), Align::right});
  columns.push_back({""});
  columns.push_back({"Share", Align::right});
  Table table(columns);
  std::string currency = report.rows.empty() ? "" : report.rows.front().currency;
  for (const ReportRow& row : report.rows) {
    if (row.currency != currency) table.add_rule();
    currency = row.currency;
    std::vector<std::string> cells;
    cells.reserve(row.group.size() + 3);
    for (const std::string& value : row.group) cells.push_back(shown_value(value));
    cells.insert(cells.end(),
                 {grouped(row.charges), grouped(row.cost.to_string_rounded(cent_places)),
                  row.currency, share(row, report)});
    table.add_row(std::move(cells));
  }
  Table totals({{report.complete ? "Total, exact" : "Total (incomplete)"},
                {"Charges", Align::right},
                {"", Align::right},
                {""}});
  for (const auto& [name, sums] : report.totals)
    totals.add_row({std::string(cost_names[report.scope.cost]), grouped(sums.lines),
                    grouped(sums.sums[report.scope.cost].to_string()), name});
  return title(report) + table.render(width) + "\n" + totals.render(width);
}

std::string report_json(const Report& report) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  writer.Key("cost");
  writer.String(std::string(cost_names[report.scope.cost]));
  writer.Key("by");
  writer.String(headings_of(report.scope.by).front());
  writer.Key("period");
  if (report.scope.period)
    writer.String(*report.scope.period);
  else
    writer.Null();
  writer.Key("feeds");
  writer.StartArray();
  for (const std::string& feed : report.scope.feeds) writer.String(feed);
  writer.EndArray();
  write_totals(writer, report);
  writer.Key("complete");
  writer.Bool(report.complete);
  writer.Key("exact_rows");
  writer.Bool(report.exact_rows);
  write_rows(writer, report);
  writer.Key("warnings");
  writer.StartArray();
  for (const std::string& warning : report.warnings) writer.String(warning);
  writer.EndArray();
  writer.EndObject();
  return std::string(buffer.GetString()) + "\n";
}

std::string report_csv(const Report& report) {
  const std::vector<std::string> headings = headings_of(report.scope.by);
  std::string out;
  for (const std::string& heading : headings) out += heading + ",";
  out += fmt::format("BillingCurrency,Charges,{}\n", cost_names[report.scope.cost]);
  for (const ReportRow& row : report.rows) {
    for (const std::string& value : row.group) out += csv_field(value) + ",";
    out += fmt::format("{},{},{}\n", csv_field(row.currency), row.charges, row.cost.to_string());
  }
  for (const auto& [currency, totals] : report.totals) {
    out += report.complete ? "(total)" : "(incomplete total)";
    out += std::string(headings.size(), ',');
    out += fmt::format("{},{},{}\n", csv_field(currency), totals.lines,
                       totals.sums[report.scope.cost].to_string());
  }
  return out;
}

}  // namespace billow::daemon
