#include "daemon/report_query.hpp"

#include "base/civil_time.hpp"
#include "elastic/completeness.hpp"
#include "elastic/filters.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>

namespace billow::daemon {
namespace {

namespace dom = simdjson::dom;

constexpr int groups_page_max = 1'000;
constexpr const char* currency_key = "BillingCurrency";

constexpr const char* answer_name = "the answer to the report";

Error malformed_report(const char* what) {
  return {Errc::malformed, std::string(answer_name) + ": " + what};
}

void write_query(JsonWriter& writer, const ReportScope& scope) {
  elastic::open_query(writer);
  if (!scope.feeds.empty()) elastic::write_terms(writer, "x_FeedId", scope.feeds);
  if (scope.period)
    elastic::write_term(writer, "BillingPeriodStart",
                        format_time(parse_month(*scope.period).value_or(0)));
  elastic::close_query(writer);
}

void write_source(JsonWriter& writer, const std::string& column) {
  writer.StartObject();
  writer.Key(column.c_str());
  writer.StartObject();
  writer.Key("terms");
  writer.StartObject();
  writer.Key("field");
  writer.String(column);
  writer.Key("missing_bucket");
  writer.Bool(true);
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
}

/// A key of a bucket as text; null, where the charges have no value, is "".
std::string key_text(dom::element key, const std::string& column) {
  std::string_view text;
  return key[column].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

Result<ReportRow> read_bucket(dom::element bucket, const ReportScope& scope) {
  dom::element key;
  if (bucket["key"].get(key) != simdjson::SUCCESS) return malformed_report("a bucket has no key");
  ReportRow row;
  for (const std::string& column : headings_of(scope.by))
    row.group.push_back(key_text(key, column));
  row.currency = key_text(key, currency_key);
  double cost = 0;
  if (bucket["doc_count"].get(row.charges) != simdjson::SUCCESS ||
      bucket["cost"]["value"].get(cost) != simdjson::SUCCESS)
    return malformed_report("a bucket has no count or sum");
  row.cost = decimal_of_double(cost);
  return row;
}

}  // namespace

DecimalSum decimal_of_double(double value) {
  DecimalSum sum;
  if (!std::isfinite(value) || std::fabs(value) < 1e-22) return sum;
  if (const auto decimal = Decimal::parse(fmt::format("{:.15g}", value))) sum.add(*decimal);
  return sum;
}

std::string report_query(const ReportScope& scope, const std::string& after_key) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("size");
  writer.Int(0);
  writer.Key("track_total_hits");
  writer.Bool(false);
  write_query(writer, scope);
  writer.Key("aggs");
  writer.StartObject();
  writer.Key("rows");
  writer.StartObject();
  writer.Key("composite");
  writer.StartObject();
  writer.Key("size");
  writer.Int(groups_page_max);
  if (!after_key.empty()) {
    writer.Key("after");
    writer.RawValue(after_key.data(), after_key.size(), rapidjson::kObjectType);
  }
  writer.Key("sources");
  writer.StartArray();
  for (const std::string& column : headings_of(scope.by)) write_source(writer, column);
  write_source(writer, currency_key);
  writer.EndArray();
  writer.EndObject();
  writer.Key("aggs");
  writer.StartObject();
  writer.Key("cost");
  writer.StartObject();
  writer.Key("sum");
  writer.StartObject();
  writer.Key("field");
  writer.String(std::string(cost_names[scope.cost]));
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  return buffer.GetString();
}

Result<std::string> read_report_page(const std::string& json, const ReportScope& scope,
                                     std::vector<ReportRow>& rows) {
  dom::parser parser;
  dom::element answer;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS) return malformed_report("it is no JSON");
  if (auto complete = elastic::check_complete(answer, answer_name); !complete)
    return complete.error();
  dom::element page;
  dom::array buckets;
  if (answer["aggregations"]["rows"].get(page) != simdjson::SUCCESS ||
      page["buckets"].get(buckets) != simdjson::SUCCESS)
    return malformed_report("it holds no rows");
  for (const dom::element bucket : buckets) {
    auto row = read_bucket(bucket, scope);
    if (!row) return row.error();
    rows.push_back(*std::move(row));
  }
  dom::element after;
  if (page["after_key"].get(after) != simdjson::SUCCESS) return std::string();
  return std::string(simdjson::minify(after));
}

}  // namespace billow::daemon
