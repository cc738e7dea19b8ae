#pragma once

#include "base/limits.hpp"
#include "charge/charge.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize::aws {

// Maps become fields of type `flattened`, of which Elasticsearch refuses the whole document at more
// than 20 objects in one another, where a key has a NUL character, and where a key with all those
// around it and its value, indexed up to 1,024 characters, has more than 32,766 bytes.
inline constexpr std::size_t map_depth_max = 20;
inline constexpr std::size_t map_key_bytes_max = 16 * limits::KiB;

enum class JsonKind { string, number, boolean, null, nested };

/// One member of a JSON object.
struct JsonEntry {
  Text key;    ///< without its escapes
  Text value;  ///< string: without its escapes; null: data() == nullptr; everything else: its JSON
               ///< text
  JsonKind kind = JsonKind::string;
};

/// Reads JSON objects, one level deep, and others whole. Owns the parser's memory.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;

  /// Appends the members of the object in `json` to `entries`, texts kept in `memory`, which is
  /// emptied first and must not be changed while they are used. False, with nothing said of
  /// `entries`, for anything but one whole JSON object in UTF-8. Nested values are compact()'s.
  bool read(Text json, std::vector<JsonEntry>& entries, std::string& memory);

  /// Writes the JSON object or array in `json` without blanks, the members of every object sorted
  /// by key, and of equal keys the last one. False, with nothing said of `out`, for anything else,
  /// and beyond limits::json_depth_max; where it is to be indexed also beyond map_depth_max, and
  /// for keys that cannot be.
  bool compact(Text json, std::string& out, bool is_indexed = false);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::string padded_;     ///< simdjson reads beyond the end
  std::string compacted_;  ///< the same for compact()
  std::string nested_;
};

/// True where all keys of the object in `json`, which has these members, can be indexed.
bool has_indexable_keys(Text json, std::span<const JsonEntry> entries) noexcept;

/// Why the text of a column is no map that can be kept, for messages.
std::string fault_of_map(Text text);

/// `"text"` with the text escaped, appended to `json`.
void append_quoted(std::string& json, Text text);

/// The last member called `key`, nullptr if there is none.
const JsonEntry* find(std::span<const JsonEntry> entries, Text key) noexcept;

/// The object that has these members, sorted by key and without blanks between them: a map says the
/// same in any order. Members of one key stay in their order. "" without members.
std::string sorted_json(std::span<const JsonEntry> entries);

/// Appends tags to tags. A key that is already there gets the new value: keys stay unique, the last
/// one wins.
void add_tags(std::vector<Tag>& tags, std::span<const Tag> more);

}  // namespace billow::normalize::aws
