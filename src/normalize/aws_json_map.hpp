#pragma once

#include "charge/charge.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize::aws {

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
  /// and beyond limits::json_depth_max.
  bool compact(Text json, std::string& out);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::string padded_;     ///< simdjson reads beyond the end
  std::string compacted_;  ///< the same for compact()
  std::string nested_;
};

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
