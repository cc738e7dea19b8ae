#include "normalize/aws_json_map.hpp"

#include "base/limits.hpp"
#include "charge/json_text.hpp"
#include "normalize/json_tokens.hpp"
#include "normalize/row_fault.hpp"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace billow::normalize::aws {
namespace {

/// Up to this many keys a search beats a hash table.
constexpr std::size_t few_keys = 64;

Text trimmed(Text text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

/// Copies into memory that was reserved, so that earlier views stay valid.
Text keep(std::string& memory, Text text) {
  const std::size_t start = memory.size();
  memory.append(text);
  return {memory.data() + start, text.size()};
}

/// Texts stay in the parser's memory. False for what is not JSON.
bool read_scalar(simdjson::ondemand::value value, simdjson::ondemand::json_type type,
                 JsonEntry& entry) {
  std::string_view text;
  switch (type) {
    case simdjson::ondemand::json_type::string:
      if (value.get_string().get(text) != simdjson::SUCCESS) return false;
      entry.kind = JsonKind::string;
      break;
    case simdjson::ondemand::json_type::number:
      // Its digits are kept, so it may be larger than the parser's numbers.
      text = trimmed(value.raw_json_token());
      if (!is_json_number(text)) return false;
      entry.kind = JsonKind::number;
      break;
    case simdjson::ondemand::json_type::boolean: {
      bool truth = false;
      if (value.get_bool().get(truth) != simdjson::SUCCESS) return false;
      text = truth ? "true" : "false";
      entry.kind = JsonKind::boolean;
      break;
    }
    case simdjson::ondemand::json_type::null: {
      bool is_null = false;
      if (value.is_null().get(is_null) != simdjson::SUCCESS || !is_null) return false;
      entry.kind = JsonKind::null;
      break;
    }
    default:
      return false;
  }
  entry.value = text;
  return true;
}

bool is_nested(simdjson::ondemand::json_type type) {
  return type == simdjson::ondemand::json_type::object ||
         type == simdjson::ondemand::json_type::array;
}

bool read_value(simdjson::ondemand::value value, JsonEntry& entry, std::string& memory) {
  simdjson::ondemand::json_type type;
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (is_nested(type)) {
    if (simdjson::to_json_string(value).get(entry.value) != simdjson::SUCCESS) return false;
    entry.kind = JsonKind::nested;
  } else if (!read_scalar(value, type, entry)) {
    return false;
  }
  if (entry.kind != JsonKind::null) entry.value = keep(memory, entry.value);
  return true;
}

void append_value(std::string& json, const JsonEntry& entry) {
  if (entry.kind == JsonKind::string) {
    append_quoted(json, entry.value);
  } else {
    json.append(entry.kind == JsonKind::null ? Text("null") : entry.value);
  }
}

/// With all keys around it, `path_bytes` long.
bool is_indexable(Text key, std::size_t path_bytes) noexcept {
  return path_bytes <= map_key_bytes_max && key.find('\0') == Text::npos;
}

/// Appends what JsonReader::compact() wants, `depth` objects and lists deep.
struct Compactor {
  std::string& json;
  bool is_indexed = false;
  std::size_t depth = 0;
  std::size_t path_bytes = 0;  ///< of the keys around it, each with a point behind it

  std::size_t depth_max() const noexcept {
    return is_indexed ? map_depth_max : limits::json_depth_max;
  }

  bool put(simdjson::ondemand::object object) const {
    if (depth == depth_max()) return false;
    std::map<Text, std::string> members;
    for (auto field : object) {
      std::string_view key;
      simdjson::ondemand::value value;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
          field.value().get(value) != simdjson::SUCCESS) {
        return false;
      }
      const std::size_t path = path_bytes + key.size();
      if (is_indexed && !is_indexable(key, path)) return false;
      std::string& member = members[key];
      member.clear();
      if (!Compactor{member, is_indexed, depth + 1, path + 1}.put(value)) return false;
    }
    char before = '{';
    for (const auto& [key, value] : members) {
      json.append(1, std::exchange(before, ','));
      append_quoted(json, key);
      json.append(1, ':').append(value);
    }
    json.append(members.empty() ? "{}" : "}");
    return true;
  }

  bool put(simdjson::ondemand::array array) const {
    if (depth == depth_max()) return false;
    bool is_empty = true;
    for (auto item : array) {
      simdjson::ondemand::value value;
      if (item.get(value) != simdjson::SUCCESS) return false;
      json.append(1, std::exchange(is_empty, false) ? '[' : ',');
      if (!Compactor{json, is_indexed, depth + 1, path_bytes}.put(value)) return false;
    }
    json.append(is_empty ? "[]" : "]");
    return true;
  }

  bool put(simdjson::ondemand::value value) const {
    simdjson::ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (is_nested(type)) return put_nested(value, type);
    JsonEntry entry;
    if (!read_scalar(value, type, entry)) return false;
    append_value(json, entry);
    return true;
  }

  /// Of a value or a document.
  template <class Value>
  bool put_nested(Value& value, simdjson::ondemand::json_type type) const {
    simdjson::ondemand::array array;
    if (type == simdjson::ondemand::json_type::array)
      return value.get_array().get(array) == simdjson::SUCCESS && put(array);
    simdjson::ondemand::object object;
    return value.get_object().get(object) == simdjson::SUCCESS && put(object);
  }
};

}  // namespace

void append_quoted(std::string& json, Text text) {
  const std::size_t start = json.size() + 1;
  json.append(1, '"').resize(start + escaped_bytes_max * text.size());
  const char* const end = escape_to(json.data() + start, text);
  json.resize(static_cast<std::size_t>(end - json.data()));
  json.append(1, '"');
}

struct JsonReader::Parser {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::parser compacting;
};

JsonReader::JsonReader() : parser_(std::make_unique<Parser>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;

bool JsonReader::read(Text json, std::vector<JsonEntry>& entries, std::string& memory) {
  padded_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  padded_.assign(json);
  memory.clear();
  memory.reserve(json.size() + sizeof "false");  // no text is longer than its JSON
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser_->parser.iterate(padded_.data(), padded_.size(), padded_.capacity()).get(document) !=
          simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return false;
  }
  for (auto field : object) {
    std::string_view key;
    simdjson::ondemand::value value;
    JsonEntry entry;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    entry.key = keep(memory, key);
    if (field.value().get(value) != simdjson::SUCCESS || !read_value(value, entry, memory))
      return false;
    // The parser passes over a nested value without reading it.
    if (entry.kind == JsonKind::nested && !compact(entry.value, nested_)) return false;
    entries.push_back(entry);
  }
  const char* after = nullptr;
  return document.current_location().get(after) !=
         simdjson::SUCCESS;  // nothing may follow the object
}

bool JsonReader::compact(Text json, std::string& out, bool is_indexed) {
  out.clear();
  compacted_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  compacted_.assign(json);
  simdjson::ondemand::document document;
  simdjson::ondemand::json_type type;
  if (parser_->compacting.iterate(compacted_.data(), compacted_.size(), compacted_.capacity())
              .get(document) != simdjson::SUCCESS ||
      document.type().get(type) != simdjson::SUCCESS || !is_nested(type) ||
      !Compactor{out, is_indexed}.put_nested(document, type)) {
    return false;
  }
  const char* after = nullptr;
  return document.current_location().get(after) != simdjson::SUCCESS;  // nothing may follow
}

bool has_indexable_keys(Text json, std::span<const JsonEntry> entries) noexcept {
  // Nearly all maps: without an escape there is no NUL, and no key is longer than the map.
  if (json.size() <= map_key_bytes_max && json.find('\\') == Text::npos) return true;
  return std::ranges::all_of(
      entries, [](const JsonEntry& entry) { return is_indexable(entry.key, entry.key.size()); });
}

std::string fault_of_map(Text text) {
  std::vector<JsonEntry> entries;
  std::string memory;
  if (!JsonReader().read(text, entries, memory)) return shown(text) + " is not a JSON object";
  return shown(text) +
         " cannot be indexed: a key holds a NUL character, a key with those around it has more "
         "than 16 KiB, or more than 20 objects and lists lie in one another";
}
static_assert(map_key_bytes_max == 16 * limits::KiB && map_depth_max == 20,
              "the text above names the limits");

const JsonEntry* find(std::span<const JsonEntry> entries, Text key) noexcept {
  const auto at = std::find_if(entries.rbegin(), entries.rend(),
                               [&](const JsonEntry& e) { return e.key == key; });
  return at == entries.rend() ? nullptr : &*at;
}

std::string sorted_json(std::span<const JsonEntry> entries) {
  if (entries.empty()) return {};
  std::multimap<Text, const JsonEntry*> by_key;  // equal keys stay in their order
  for (const JsonEntry& entry : entries) by_key.emplace(entry.key, &entry);
  std::string json;
  for (const auto& [key, entry] : by_key) {
    json.append(1, json.empty() ? '{' : ',');
    append_quoted(json, key);
    json.append(1, ':');
    append_value(json, *entry);
  }
  return json.append(1, '}');
}

void add_tags(std::vector<Tag>& tags, std::span<const Tag> more) {
  if (more.empty()) return;
  if (tags.size() + more.size() <= few_keys) {
    for (const Tag& tag : more) {
      const auto at =
          std::find_if(tags.begin(), tags.end(), [&](const Tag& t) { return t.key == tag.key; });
      if (at == tags.end()) {
        tags.push_back(tag);
      } else {
        at->value = tag.value;
      }
    }
    return;
  }
  std::unordered_map<Text, std::size_t> places;
  for (std::size_t i = 0; i < tags.size(); ++i) places.emplace(tags[i].key, i);
  for (const Tag& tag : more) {
    const auto [at, added] = places.emplace(tag.key, tags.size());
    if (added) {
      tags.push_back(tag);
    } else {
      tags[at->second].value = tag.value;
    }
  }
}

}  // namespace billow::normalize::aws
