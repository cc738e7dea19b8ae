#include "charge/statement_json.hpp"
#include "daemon/feed_health.hpp"

/// The form of a feed's health as a document.
namespace billow::daemon {
namespace {

void write_time(JsonWriter& out, std::string_view name, UnixSeconds time) {
  if (time != 0) write_member(out, name, format_time(time));
}

void write_number(JsonWriter& out, std::string_view name, const DecimalSum& sum) {
  write_text(out, name);
  const std::string number = sum.to_string();
  out.RawValue(number.data(), number.size(), rapidjson::kNumberType);
}

/// Numbers that Elasticsearch can add up and chart; the exact texts are with the periods.
void write_totals(JsonWriter& out, std::string_view name, const CostSums& costs) {
  write_text(out, name);
  out.StartArray();
  for (const auto& [currency, sums] : costs) {
    out.StartObject();
    write_member(out, "BillingCurrency", currency);
    for (std::size_t kind = 0; kind < cost_kinds; ++kind)
      write_number(out, cost_names[kind], sums[kind]);
    out.EndObject();
  }
  out.EndArray();
}

void write_restatement(JsonWriter& out, const Restatement& restatement) {
  write_text(out, "Restatement");
  out.StartObject();
  write_member(out, "BillingPeriod", restatement.period);
  write_time(out, "At", restatement.at);
  write_member(out, "SlicesReplaced", restatement.slices_replaced);
  write_member(out, "LinesReplaced", restatement.lines_replaced);
  write_member(out, "LinesWritten", restatement.lines_written);
  write_text(out, "Moved");
  out.StartArray();
  for (const auto& [currency, moved] : restatement.moved) {
    out.StartObject();
    write_member(out, "BillingCurrency", currency);
    write_number(out, "BilledCost", moved);
    write_member(out, "Exact", moved.to_string());
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
}

void write_periods(JsonWriter& out, const std::map<std::string, PeriodHealth>& periods) {
  write_text(out, "Periods");
  out.StartArray();
  for (const auto& [name, period] : periods) {
    out.StartObject();
    write_member(out, "BillingPeriod", name);
    write_member(out, "Lines", period.lines);
    write_member(out, "DeadLetters", period.dead_letters);
    write_time(out, "PendingSince", period.pending_since);
    write_member(out, "DataThrough",
                 period.data_through == 0 ? "" : format_time(period.data_through));
    write_text(out, "Currencies");
    out.StartArray();
    for (const auto& [currency, sums] : period.costs) {
      out.StartObject();
      write_member(out, "BillingCurrency", currency);
      write_sums(out, "Sums", sums);
      out.EndObject();
    }
    out.EndArray();
    out.EndObject();
  }
  out.EndArray();
}

std::uint64_t count_of(std::chrono::milliseconds duration) {
  return static_cast<std::uint64_t>(duration.count());
}

/// Members that are left out when there is nothing to say: their absence is no fault.
struct Optional {
  const rapidjson::Value& object;

  std::string text(const char* name) const {
    bool there = true;
    return JsonReader(object, there).text(name);
  }
  UnixSeconds time(const char* name) const { return parse_time(text(name)).value_or(0); }
};

PeriodHealth read_period(const JsonReader& in) {
  PeriodHealth period;
  period.lines = in.number("Lines");
  period.dead_letters = in.number("DeadLetters");
  if (in.has("PendingSince"))
    period.pending_since = parse_time(in.text("PendingSince")).value_or(0);
  period.data_through = parse_time(in.text("DataThrough")).value_or(0);
  in.each("Currencies", [&period](const JsonReader& currency) {
    read_sums(currency, "Sums", period.costs[currency.text("BillingCurrency")]);
  });
  return period;
}

Restatement read_restatement(const rapidjson::Value& value, bool& ok) {
  const JsonReader in(value, ok);
  Restatement restatement;
  restatement.period = in.text("BillingPeriod");
  restatement.at = parse_time(in.text("At")).value_or(0);
  restatement.slices_replaced = in.number("SlicesReplaced");
  restatement.lines_replaced = in.number("LinesReplaced");
  restatement.lines_written = in.number("LinesWritten");
  in.each("Moved", [&restatement](const JsonReader& moved) {
    restatement.moved[moved.text("BillingCurrency")] = moved.sum("Exact");
  });
  return restatement;
}

}  // namespace

std::string FeedHealth::document_id(std::string_view feed) { return "feed:" + std::string(feed); }

std::string FeedHealth::to_json() const {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_time(out, "@timestamp", last_check);
  write_member(out, "x_FeedId", feed);
  write_member(out, "Kind", kind);
  write_member(out, "Health", status);
  write_time(out, "LastCheck", last_check);
  write_time(out, "LastSuccess", last_success);
  write_time(out, "DataThrough", data_through());
  if (!error_code.empty()) {
    write_member(out, "LastErrorCode", error_code);
    write_member(out, "LastError", error);
  }
  write_member(out, "CheckedBy", checked_by);
  write_member(out, "x_ChargeCount", lines());
  write_member(out, "DeadLetters", dead_letters());
  write_time(out, "DeliveryPendingSince", delivery_pending_since());
  write_member(out, "VerificationMismatches", mismatches);
  write_totals(out, "Totals", costs());
  if (!periods.empty()) {
    const auto& [newest, period] = *periods.rbegin();
    write_member(out, "NewestPeriod", newest);
    write_totals(out, "NewestTotals", period.costs);
  }
  if (restatement) write_restatement(out, *restatement);
  write_member(out, "PassMs", count_of(pass));
  write_text(out, "PhaseMs");
  out.StartObject();
  for (const auto& [phase, duration] : phases) write_member(out, phase, count_of(duration));
  out.EndObject();
  write_periods(out, periods);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Result<FeedHealth> FeedHealth::from_json(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject())
    return Error{Errc::malformed, "health of a feed: not a JSON object"};
  bool ok = true;
  const JsonReader in(document, ok);
  const Optional optional{document};
  FeedHealth health;
  health.feed = in.text("x_FeedId");
  health.kind = in.text("Kind");
  health.status = in.text("Health");
  health.last_check = parse_time(in.text("LastCheck")).value_or(0);
  health.last_success = optional.time("LastSuccess");
  health.error_code = optional.text("LastErrorCode");
  health.error = optional.text("LastError");
  health.checked_by = in.text("CheckedBy");
  health.mismatches = in.number("VerificationMismatches");
  health.pass = std::chrono::milliseconds(in.number("PassMs"));
  in.each("Periods", [&health](const JsonReader& period) {
    health.periods[period.text("BillingPeriod")] = read_period(period);
  });
  if (const auto phases = document.FindMember("PhaseMs");
      phases != document.MemberEnd() && phases->value.IsObject()) {
    for (const auto& phase : phases->value.GetObject())
      if (phase.value.IsUint64())
        health.phases[phase.name.GetString()] = std::chrono::milliseconds(phase.value.GetUint64());
  }
  const auto restatement = document.FindMember("Restatement");
  if (restatement != document.MemberEnd())
    health.restatement = read_restatement(restatement->value, ok);
  if (!ok)
    return Error{Errc::malformed,
                 "health of feed " + health.feed + ": members are missing or of a wrong type"};
  return health;
}

}  // namespace billow::daemon
