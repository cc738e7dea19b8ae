#include "rollup/composite.hpp"

#include "base/civil_time.hpp"
#include "elastic/completeness.hpp"
#include "rollup/document.hpp"
#include "rollup/pivot.hpp"

#include <simdjson.h>

#include <optional>
#include <utility>

namespace billow::rollup {
namespace {

namespace dom = simdjson::dom;

constexpr const char* answer_name = "the answer with the groups of charges";

Error malformed(const char* what) {
  return {Errc::malformed, std::string(answer_name) + ": " + what};
}

/// Milliseconds since 1970 as Elasticsearch writes a date.
std::string date_of(std::int64_t time_ms) {
  std::string text = format_time(time_ms / 1000);  // 2026-06-01T00:00:00Z
  text.insert(text.size() - 1, ".000");
  return text;
}

/// The value of a group in a bucket's key.
Result<std::optional<std::string>> read_group(const Group& group, dom::element key) {
  dom::element value;
  if (key[group.name].get(value) != simdjson::SUCCESS) return malformed("a bucket lacks a key");
  if (value.is_null()) return std::optional<std::string>();
  std::int64_t time_ms = 0;
  std::string_view text;
  if (!group.interval.empty() && value.get(time_ms) == simdjson::SUCCESS)
    return std::optional(date_of(time_ms));
  if (value.get(text) == simdjson::SUCCESS) return std::optional<std::string>(text);
  return malformed("a key is neither a text nor a date");
}

std::string number_text(const Measure& measure, double value) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  if (measure.counts) {
    writer.Uint64(static_cast<std::uint64_t>(value));
  } else {
    writer.Double(value);
  }
  return out.GetString();
}

Result<RollupDocument> read_bucket(const Definition& definition, dom::element bucket) {
  dom::element key;
  if (bucket["key"].get(key) != simdjson::SUCCESS) return malformed("a bucket has no key");
  RollupDocument document;
  for (const Group& group : definition.groups) {
    auto value = read_group(group, key);
    if (!value) return value.error();
    document.groups.push_back(*std::move(value));
  }
  for (const Measure& measure : definition.measures) {
    double value = 0;
    if (bucket[measure.name]["value"].get(value) != simdjson::SUCCESS)
      return malformed("a sum is missing");
    document.measures.push_back(number_text(measure, value));
  }
  return document;
}

}  // namespace

std::string groups_body(const Definition& definition, const std::string& query,
                        const PageEnd& before) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  write_text(writer, "size");
  writer.Int(0);
  write_text(writer, "track_total_hits");
  writer.Bool(false);
  write_text(writer, "query");
  writer.RawValue(query.data(), query.size(), rapidjson::kObjectType);
  write_text(writer, "aggs");
  writer.StartObject();
  write_text(writer, "groups");
  writer.StartObject();
  write_text(writer, "composite");
  writer.StartObject();
  write_text(writer, "size");
  writer.Uint64(groups_page_max);
  if (!before.after_key.empty()) {
    write_text(writer, "after");
    writer.RawValue(before.after_key.data(), before.after_key.size(), rapidjson::kObjectType);
  }
  write_text(writer, "sources");
  writer.StartArray();
  for (const Group& group : definition.groups) {
    writer.StartObject();
    write_text(writer, group.name);
    write_source(writer, group);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  write_text(writer, "aggs");
  write_measures(writer, definition);
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  return out.GetString();
}

Result<PageEnd> read_groups(const Definition& definition, const std::string& json, PageEnd before,
                            elastic::BulkBody& bulk) {
  dom::parser parser;
  dom::element answer;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS) return malformed("it is no JSON");
  if (auto complete = elastic::check_complete(answer, answer_name); !complete)
    return complete.error();
  dom::element groups;
  dom::array buckets;
  if (answer["aggregations"]["groups"].get(groups) != simdjson::SUCCESS ||
      groups["buckets"].get(buckets) != simdjson::SUCCESS)
    return malformed("it holds no buckets");
  PageEnd end = std::move(before);
  for (const dom::element bucket : buckets) {
    std::string_view slice;
    if (bucket["key"]["x_SliceId"].get(slice) != simdjson::SUCCESS)
      return malformed("a bucket has no slice");
    end.ordinal = slice == end.slice ? end.ordinal + 1 : 0;
    end.slice = slice;
    auto document = read_bucket(definition, bucket);
    if (!document) return document.error();
    append_document(definition, *document, end.slice, end.ordinal, bulk);
  }
  dom::element after;
  // A page that is not full is the last one, though it has a key as well.
  const bool more =
      buckets.size() >= groups_page_max && groups["after_key"].get(after) == simdjson::SUCCESS;
  end.after_key = more ? std::string(simdjson::minify(after)) : std::string();
  return end;
}

}  // namespace billow::rollup
