#include "daemon/reconcile_format.hpp"

#include "daemon/table.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>

namespace billow::daemon {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
using proof::ReconciledRow;

std::string signed_sum(const std::string& number) {
  return number.starts_with('-') ? number : "+" + number;
}

/// A sum for people: digits that doubles make up are left out, unless nothing would be left.
std::string figure(const DecimalSum& sum, bool exact) {
  constexpr int places_of_doubles = 10;
  const auto rounded = DecimalSum::parse(sum.to_string_rounded(places_of_doubles));
  return exact || !rounded || rounded->is_zero() ? sum.to_string() : rounded->to_string();
}

/// "charges -1, BilledCost -0.25": all in which a row differs.
std::string differences(const ReconciledRow& row) {
  std::string text;
  const auto add = [&text](std::string_view what, const std::string& by) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, signed_sum(by));
  };
  if (row.lines_apart != 0) add("charges", std::to_string(row.lines_apart));
  for (std::size_t kind = 0; kind < cost_kinds; ++kind)
    if (!row.apart[kind].is_zero()) add(cost_names[kind], figure(row.apart[kind], row.exact));
  return text;
}

/// What stands in the last column of a row.
std::string comparison(const ReconciledRow& row) {
  if (!row.known) return "not compared, see below";
  if (row.first) return "";
  return row.differs() ? differences(row) : "agrees";
}

bool same_group(const ReconciledRow& a, const ReconciledRow& b) {
  return a.feed == b.feed && a.period == b.period && a.currency == b.currency;
}

void write(Writer& writer, const std::string& key, const std::string& value) {
  writer.Key(key.c_str());
  writer.String(value);
}

/// How many of the four costs the row states, compared or not: an invoice states BilledCost.
std::size_t kinds_stated(const ReconciledRow& row, bool invoice) {
  if (invoice) return 1;
  return row.known ? cost_kinds : 0;
}

void write_row(Writer& writer, const ReconciledRow& row, bool invoice) {
  writer.StartObject();
  if (!invoice) {
    write(writer, "x_FeedId", row.feed);
    write(writer, "BillingPeriod", row.period);
    write(writer, "place", row.place);
  }
  writer.Key("compared");
  writer.Bool(row.known);
  write(writer, "BillingCurrency", row.currency);
  if (!invoice && row.known) {
    writer.Key("charges");
    writer.Uint64(row.lines);
    writer.Key("charges_apart");
    writer.Int64(row.lines_apart);
  }
  for (std::size_t kind = 0; kind < kinds_stated(row, invoice); ++kind) {
    const std::string name(cost_names[kind]);
    write(writer, name, row.sums[kind].to_string());
    if (row.known) write(writer, name + "_apart", row.apart[kind].to_string());
  }
  writer.Key("differs");
  if (row.known)
    writer.Bool(row.differs());
  else
    writer.Null();
  writer.EndObject();
}

void write_rows(Writer& writer, const char* key, const std::vector<ReconciledRow>& rows,
                bool invoices) {
  writer.Key(key);
  writer.StartArray();
  for (const ReconciledRow& row : rows) write_row(writer, row, invoices);
  writer.EndArray();
}

void write_list(Writer& writer, const char* key, const std::vector<std::string>& texts) {
  writer.Key(key);
  writer.StartArray();
  for (const std::string& text : texts) writer.String(text);
  writer.EndArray();
}

std::string verdict(const proof::Reconciliation& made) {
  if (made.agrees()) return "Everything agrees.\n";
  const auto differs = [](const ReconciledRow& row) { return row.differs(); };
  const auto count = std::count_if(made.rows.begin(), made.rows.end(), differs) +
                     std::count_if(made.invoices.begin(), made.invoices.end(), differs);
  return fmt::format("{} difference{}, {} problem{}.\n", count, count == 1 ? "" : "s",
                     made.failures.size(), made.failures.size() == 1 ? "" : "s");
}

}  // namespace

std::string reconciliation_table(const proof::Reconciliation& made, std::size_t cost,
                                 std::size_t width) {
  Table table({{"Feed"},
               {"Period"},
               {"According to"},
               {"Charges", Align::right},
               {std::string(cost_names[cost]), Align::right},
               {""},
               {"Differs by"}});
  const ReconciledRow* before = nullptr;
  for (const ReconciledRow& row : made.rows) {
    const bool fresh = before == nullptr || !same_group(*before, row);
    if (before != nullptr && fresh) table.add_rule();
    before = &row;
    table.add_row({fresh ? row.feed : "", fresh ? row.period : "", row.place,
                   row.known ? grouped(row.lines) : "",
                   row.known ? grouped(figure(row.sums[cost], row.exact)) : "", row.currency,
                   comparison(row)});
  }
  if (!made.invoices.empty() && !table.empty()) table.add_rule();
  for (const ReconciledRow& row : made.invoices) {
    table.add_row({"all", "", "invoice", "", grouped(row.sums[0].to_string()), row.currency,
                   comparison(row)});
  }
  std::string out = table.empty() ? "There is nothing to compare.\n" : table.render(width);
  if (!table.empty())
    out +=
        "Everything is compared with the first figure of its group, invoices with the BilledCost "
        "of all charges.\n";
  out += "\n";
  for (const std::string& note : made.notes) out += "note: " + printable(note) + "\n";
  for (const std::string& failure : made.failures) out += "PROBLEM: " + printable(failure) + "\n";
  return out + verdict(made);
}

std::string reconciliation_json(const proof::Reconciliation& made) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  writer.Key("agrees");
  writer.Bool(made.agrees());
  write_rows(writer, "rows", made.rows, false);
  write_rows(writer, "invoices", made.invoices, true);
  write_list(writer, "notes", made.notes);
  write_list(writer, "failures", made.failures);
  writer.EndObject();
  return std::string(buffer.GetString()) + "\n";
}

std::string reconciliation_csv(const proof::Reconciliation& made) {
  std::string out = "x_FeedId,BillingPeriod,BillingCurrency,AccordingTo,Charges,ChargesApart";
  for (const std::string_view name : cost_names) out += fmt::format(",{0},{0}Apart", name);
  out += ",Compared\n";
  const auto append = [&out](const ReconciledRow& row, bool invoice) {
    out += fmt::format("{},{},{},{}", csv_field(row.feed), csv_field(row.period),
                       csv_field(row.currency), csv_field(row.place));
    out += row.known && !invoice ? fmt::format(",{},{}", row.lines, row.lines_apart) : ",,";
    const std::size_t kinds = kinds_stated(row, invoice);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      out += "," + (kind < kinds ? row.sums[kind].to_string() : "");
      out += "," + (kind < kinds && row.known ? row.apart[kind].to_string() : "");
    }
    out += row.known ? ",true\n" : ",false\n";
  };
  for (const ReconciledRow& row : made.rows) append(row, false);
  for (const ReconciledRow& row : made.invoices) append(row, true);
  return out;
}

}  // namespace billow::daemon
