#include "daemon/audit_verdict.hpp"

#include "daemon/table.hpp"
#include "daemon/text.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace billow::daemon {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

/// "record 3, aws-main 2026-06, slice x, document y": where a finding is.
std::string place_of(const audit::Finding& finding) {
  std::string place;
  const auto add = [&place](const std::string& part) {
    if (!part.empty()) place += (place.empty() ? "" : ", ") + part;
  };
  if (finding.sequence > 0) add("record " + std::to_string(finding.sequence));
  if (!finding.feed.empty()) add(finding.feed + " " + finding.period);
  if (!finding.slice.empty()) add("slice " + finding.slice);
  if (!finding.document.empty()) add("document " + finding.document);
  return place;
}

std::string plural(std::size_t count, const char* thing) {
  return fmt::format("{} {}{}", grouped(count), thing, count == 1 ? "" : "s");
}

void write_text(Writer& writer, const char* key, const std::string& value) {
  writer.Key(key);
  writer.String(value);
}

void write_texts(Writer& writer, const char* key, const std::vector<std::string>& texts) {
  writer.Key(key);
  writer.StartArray();
  for (const std::string& text : texts) writer.String(text);
  writer.EndArray();
}

void write_finding(Writer& writer, const audit::Finding& finding) {
  writer.StartObject();
  write_text(writer, "kind", std::string(audit::name_of(finding.kind)));
  if (finding.sequence > 0) {
    writer.Key("sequence");
    writer.Uint64(finding.sequence);
  }
  const auto optional = [&writer](const char* key, const std::string& value) {
    if (!value.empty()) write_text(writer, key, value);
  };
  optional("x_FeedId", finding.feed);
  optional("BillingPeriod", finding.period);
  optional("index", finding.index);
  optional("x_SliceId", finding.slice);
  optional("document", finding.document);
  write_text(writer, "what", finding.what);
  writer.EndObject();
}

}  // namespace

std::string verdict_text(const AuditVerdict& verdict) {
  std::string out;
  for (const audit::Finding& finding : verdict.findings) {
    const std::string place = place_of(finding);
    out += fmt::format("{}{}{}\n    {}\n", audit::name_of(finding.kind), place.empty() ? "" : ": ",
                       printable(place), printable(finding.what));
  }
  if (!verdict.findings.empty()) out += "\n";
  for (const std::string& note : verdict.notes) out += "note: " + printable(note) + "\n";
  for (const std::string& failure : verdict.failures) out += "FAILED: " + printable(failure) + "\n";
  out += "audit chain: " + plural(verdict.records, "record");
  if (verdict.records > 0)
    out += fmt::format(", the last is {}:{}", verdict.last.sequence, printable(verdict.last.hash));
  out +=
      fmt::format("\nread alias:  {} held against the chain\n", plural(verdict.periods, "period"));
  if (const auto& read = verdict.charges) {
    out += fmt::format("charges:     {} of {} read one by one\n", plural(read->lines, "line"),
                       plural(read->periods, "period"));
    out += fmt::format("source:      {} of {} read again\n", read->periods_from_source,
                       plural(read->periods, "period"));
  }
  if (verdict.proven() && verdict.records == 0)
    return out + "nothing was published yet: there is nothing to prove\n";
  if (verdict.proven()) return out + "proven: nothing was altered, removed, reordered or added\n";
  out += "NOT PROVEN: " + plural(verdict.findings.size(), "finding");
  if (!verdict.failures.empty()) out += ", " + plural(verdict.failures.size(), "failure");
  return out + "\n";
}

std::string verdict_json(const AuditVerdict& verdict) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  writer.Key("proven");
  writer.Bool(verdict.proven());
  writer.Key("records");
  writer.Uint64(verdict.records);
  writer.Key("last");
  writer.StartObject();
  writer.Key("sequence");
  writer.Uint64(verdict.last.sequence);
  write_text(writer, "hash", verdict.last.hash);
  writer.EndObject();
  writer.Key("periods");
  writer.Uint64(verdict.periods);
  if (const auto& read = verdict.charges) {
    writer.Key("charges");
    writer.StartObject();
    writer.Key("lines");
    writer.Uint64(read->lines);
    writer.Key("periods");
    writer.Uint64(read->periods);
    writer.Key("periods_from_source");
    writer.Uint64(read->periods_from_source);
    writer.EndObject();
  }
  writer.Key("findings");
  writer.StartArray();
  for (const audit::Finding& finding : verdict.findings) write_finding(writer, finding);
  writer.EndArray();
  write_texts(writer, "notes", verdict.notes);
  write_texts(writer, "failures", verdict.failures);
  writer.EndObject();
  return std::string(buffer.GetString()) + "\n";
}

}  // namespace billow::daemon
