#include "rollup/pivot.hpp"

namespace billow::rollup {

void write_key(JsonWriter& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void write_text(JsonWriter& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_source(JsonWriter& writer, const Group& group) {
  writer.StartObject();
  write_key(writer, group.interval.empty() ? "terms" : "date_histogram");
  writer.StartObject();
  write_key(writer, "field");
  write_text(writer, group.field);
  if (!group.interval.empty()) {
    write_key(writer, "calendar_interval");
    write_text(writer, group.interval);
  }
  if (group.missing_bucket) {
    write_key(writer, "missing_bucket");
    writer.Bool(true);
  }
  writer.EndObject();
  writer.EndObject();
}

void write_measures(JsonWriter& writer, const Definition& definition) {
  writer.StartObject();
  for (const Measure& measure : definition.measures) {
    write_key(writer, measure.name);
    writer.StartObject();
    write_key(writer, measure.counts ? "value_count" : "sum");
    writer.StartObject();
    write_key(writer, "field");
    write_text(writer, measure.field);
    writer.EndObject();
    writer.EndObject();
  }
  writer.EndObject();
}

}  // namespace billow::rollup
