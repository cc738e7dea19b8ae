#include "normalize/aws_map_cache.hpp"

#include "charge/number.hpp"
#include "normalize/scratch.hpp"

#include <algorithm>
#include <cstring>

namespace billow::normalize::aws {
namespace {

Text text_of(const JsonEntry* entry) { return entry == nullptr ? Text() : entry->value; }

/// A tag without a value is one whose text is empty, null or true.
Text tag_value(const JsonEntry& entry) {
  const bool bare =
      entry.value.empty() || (entry.kind == JsonKind::boolean && entry.value == "true");
  return bare ? Text() : entry.value;
}

}  // namespace

Text tag_key(char* key, std::size_t size) noexcept {
  constexpr std::size_t prefix_chars = 5;
  const Text text(key, size);
  if (text.size() > prefix_chars && (text.starts_with("user_") || text.starts_with("user:"))) {
    return text.substr(prefix_chars);
  }
  if (text.starts_with("aws_")) key[3] = ':';
  return text;
}

bool TagMap::read(Text json, JsonReader& reader, Keys keys) {
  tags.clear();
  entries_.clear();
  name = Text();
  if (!reader.read(json, entries_, memory_) || !has_indexable_keys(json, entries_)) return false;
  if (keys == Keys::cur) {
    name = text_of(find(entries_, "user_name"));
    if (name.empty()) name = text_of(find(entries_, "user:Name"));
  }
  std::vector<Tag> all;
  all.reserve(entries_.size());
  for (const JsonEntry& entry : entries_) {
    Text key = entry.key;
    if (keys == Keys::cur)
      key = tag_key(memory_.data() + (key.data() - memory_.data()), key.size());
    all.push_back({key, tag_value(entry)});
  }
  add_tags(tags, all);
  std::ranges::sort(tags, {}, &Tag::key);
  return true;
}

bool OpaqueMap::read(Text text, JsonReader& reader) {
  entries_.clear();
  if (!reader.read(text, entries_, memory_)) return false;
  json = sorted_json(entries_);
  return true;
}

void append_member(std::string& json, std::string_view member, Text text) {
  if (text.empty()) return;
  append_quoted(json, member);
  json.append(1, ':');
  append_quoted(json, text);
  json.append(1, ',');
}

bool ProductMap::read(Text json, JsonReader& reader) {
  entries_.clear();
  details.clear();
  vendor = Text();
  if (!reader.read(json, entries_, memory_)) return false;
  vendor = text_of(find(entries_, "vendor"));
  Scratch scratch;
  // AWS writes "2", but also "NA" and the like.
  Number cores;
  if (read_number(text_of(find(entries_, "vcpu")), scratch, cores)) {
    details.append("\"CoreCount\":").append(cores.text).append(",");
  }
  append_member(details, "OperatingSystem", text_of(find(entries_, "operating_system")));
  append_member(details, "StorageClass", text_of(find(entries_, "storage_class")));
  return true;
}

}  // namespace billow::normalize::aws
