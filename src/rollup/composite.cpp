#include "rollup/composite.hpp"

#include "base/civil_time.hpp"
#include "elastic/completeness.hpp"
#include "rollup/pivot.hpp"

#include <simdjson.h>

namespace billow::rollup {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view tags_prefix = "Tags.";

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

/// One value of a bucket's key.
Result<void> write_group(JsonWriter& writer, const Group& group, std::string_view name,
                         dom::element key) {
  dom::element value;
  if (key[group.name].get(value) != simdjson::SUCCESS) return malformed("a bucket lacks a key");
  write_text(writer, name);
  if (value.is_null()) {
    writer.Null();
    return {};
  }
  std::int64_t time_ms = 0;
  std::string_view text;
  if (!group.interval.empty() && value.get(time_ms) == simdjson::SUCCESS) {
    write_text(writer, date_of(time_ms));
  } else if (value.get(text) == simdjson::SUCCESS) {
    write_text(writer, text);
  } else {
    return malformed("a key is neither a text nor a date");
  }
  return {};
}

Result<void> write_tags(JsonWriter& writer, const Definition& definition, dom::element key) {
  write_text(writer, "Tags");
  writer.StartObject();
  for (const Group& group : definition.groups) {
    if (!group.name.starts_with(tags_prefix)) continue;
    const std::string_view name = std::string_view(group.name).substr(tags_prefix.size());
    if (auto written = write_group(writer, group, name, key); !written) return written;
  }
  writer.EndObject();
  return {};
}

Result<void> write_document(JsonWriter& writer, const Definition& definition, dom::element bucket) {
  dom::element key;
  if (bucket["key"].get(key) != simdjson::SUCCESS) return malformed("a bucket has no key");
  writer.StartObject();
  for (const Group& group : definition.groups) {
    if (group.name.starts_with(tags_prefix)) continue;
    if (auto written = write_group(writer, group, group.name, key); !written) return written;
  }
  if (!definition.tags.empty()) {
    if (auto written = write_tags(writer, definition, key); !written) return written;
  }
  for (const Measure& measure : definition.measures) {
    double value = 0;
    if (bucket[measure.name]["value"].get(value) != simdjson::SUCCESS)
      return malformed("a sum is missing");
    write_text(writer, measure.name);
    if (measure.counts) {
      writer.Uint64(static_cast<std::uint64_t>(value));
    } else {
      writer.Double(value);
    }
  }
  writer.EndObject();
  return {};
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
    bulk.offsets.push_back(static_cast<std::uint32_t>(bulk.bytes.size()));
    bulk.bytes +=
        R"({"create":{"_id":")" + end.slice + '-' + std::to_string(end.ordinal) + "\"}}\n";
    rapidjson::StringBuffer document;
    JsonWriter writer(document);
    if (auto written = write_document(writer, definition, bucket); !written) return written.error();
    bulk.bytes.append(document.GetString(), document.GetSize());
    bulk.bytes += '\n';
  }
  dom::element after;
  // A page that is not full is the last one, though it has a key as well.
  const bool more =
      buckets.size() >= groups_page_max && groups["after_key"].get(after) == simdjson::SUCCESS;
  end.after_key = more ? std::string(simdjson::minify(after)) : std::string();
  return end;
}

}  // namespace billow::rollup
