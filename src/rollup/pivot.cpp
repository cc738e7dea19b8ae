#include "rollup/pivot.hpp"

namespace billow::rollup {

void write_source(JsonWriter& writer, const Group& group) {
  writer.StartObject();
  write_text(writer, group.interval.empty() ? "terms" : "date_histogram");
  writer.StartObject();
  write_member(writer, "field", group.field);
  if (!group.interval.empty()) {
    write_member(writer, "calendar_interval", group.interval);
  }
  if (group.missing_bucket) {
    write_text(writer, "missing_bucket");
    writer.Bool(true);
  }
  writer.EndObject();
  writer.EndObject();
}

void write_measures(JsonWriter& writer, const Definition& definition) {
  writer.StartObject();
  for (const Measure& measure : definition.measures) {
    write_text(writer, measure.name);
    writer.StartObject();
    write_text(writer, measure.counts ? "value_count" : "sum");
    writer.StartObject();
    write_member(writer, "field", measure.field);
    writer.EndObject();
    writer.EndObject();
  }
  writer.EndObject();
}

}  // namespace billow::rollup
