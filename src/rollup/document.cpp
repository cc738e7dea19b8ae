#include "rollup/document.hpp"

#include "charge/json_members.hpp"

namespace billow::rollup {
namespace {

void write_value(JsonWriter& writer, std::string_view name,
                 const std::optional<std::string>& value) {
  write_text(writer, name);
  if (value) {
    write_text(writer, *value);
  } else {
    writer.Null();
  }
}

}  // namespace

void append_document(const Definition& definition, const RollupDocument& document,
                     std::string_view slice, std::uint64_t ordinal, elastic::BulkBody& bulk) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  for (std::size_t i = 0; i < definition.groups.size(); ++i) {
    const std::string& name = definition.groups[i].name;
    if (!name.starts_with(tags_prefix)) write_value(writer, name, document.groups[i]);
  }
  if (!definition.tags.empty()) {
    write_text(writer, "Tags");
    writer.StartObject();
    for (std::size_t i = 0; i < definition.groups.size(); ++i) {
      const std::string_view name = definition.groups[i].name;
      if (name.starts_with(tags_prefix))
        write_value(writer, name.substr(tags_prefix.size()), document.groups[i]);
    }
    writer.EndObject();
  }
  for (std::size_t i = 0; i < definition.measures.size(); ++i) {
    const std::string& number = document.measures[i];
    write_text(writer, definition.measures[i].name);
    writer.RawValue(number.data(), number.size(), rapidjson::kNumberType);
  }
  writer.EndObject();

  bulk.offsets.push_back(static_cast<std::uint32_t>(bulk.bytes.size()));
  bulk.bytes += R"({"create":{"_id":")";
  bulk.bytes += slice;
  bulk.bytes += '-' + std::to_string(ordinal) + "\"}}\n";
  bulk.bytes.append(out.GetString(), out.GetSize());
  bulk.bytes += '\n';
}

}  // namespace billow::rollup
