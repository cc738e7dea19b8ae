#include "elastic/filters.hpp"

namespace billow::elastic {

void open_query(JsonWriter& out) {
  write_text(out, "query");
  out.StartObject();
  write_text(out, "bool");
  out.StartObject();
  write_text(out, "filter");
  out.StartArray();
}

void close_query(JsonWriter& out) {
  out.EndArray();
  out.EndObject();
  out.EndObject();
}

void write_term(JsonWriter& out, std::string_view field, std::string_view value) {
  out.StartObject();
  write_text(out, "term");
  out.StartObject();
  write_member(out, field, value);
  out.EndObject();
  out.EndObject();
}

void write_terms(JsonWriter& out, std::string_view field, std::span<const std::string> values) {
  out.StartObject();
  write_text(out, "terms");
  out.StartObject();
  write_text(out, field);
  out.StartArray();
  for (const std::string& value : values) write_text(out, value);
  out.EndArray();
  out.EndObject();
  out.EndObject();
}

}  // namespace billow::elastic
