#pragma once

#include "base/limits.hpp"
#include "charge/charge.hpp"
#include "charge/hash.hpp"
#include "normalize/aws_json_map.hpp"
#include "normalize/csv_row.hpp"
#include "normalize/sightings.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize::aws {

/// Bills repeat their JSON maps from line to line: what was read is kept by its text when that
/// comes for the second time. A `Parsed` has `bool read(Text, JsonReader&)`, which replaces what it
/// held and is false for what is no map that can be kept. Memory is bounded: texts beyond
/// `kept_bytes_max` are read anew each time, and everything is forgotten when all texts come to
/// `all_bytes_max`, since what is made of a text may take fifteen times its size.
template <class Parsed, std::size_t slots = 512>
class MapCache {
 public:
  static constexpr std::size_t kept_bytes_max = 8 * limits::KiB;
  static constexpr std::size_t all_bytes_max = 4 * limits::MiB;

  /// What the text says; nullptr if it is no map that can be kept. Valid until the next call; an
  /// empty text is an object without members.
  const Parsed* read(Text json) {
    return read(json, [json] { return json; });
  }
  /// The same of a row's field, which costs something to make: it is asked for when what stands in
  /// the file for it is not known.
  template <class Make>
  const Parsed* read(const Row& row, std::size_t place, Make make) {
    // What a row without a source holds may look like what stands in the file for another field.
    return row.has_source() ? read(row.source_of(place), make) : read_anew(make());
  }

 private:
  struct Slot {
    std::string raw;
    Parsed parsed;
    bool known = false;
    bool good = false;
    Tenure tenure;
  };

  template <class Make>
  const Parsed* read(Text raw, Make make) {
    if (raw.empty()) return &empty_;
    if (raw.size() > kept_bytes_max) return read_anew(make());
    // Of the whole field: tags often differ in a few characters in the middle.
    const std::uint64_t hash = hash_text(raw);
    Slot& slot = table_[hash % slots];
    if (!sightings_.may_hold(hash) || slot.raw != raw || !slot.known) {
      if (!sightings_.came_before(hash) || slot.tenure.resists())
        return parse(once_, make()) ? &once_ : nullptr;
      make_room(slot, raw.size());
      slot.raw.assign(raw);
      slot.good = parse(slot.parsed, make());
      slot.known = true;
      sightings_.hold(hash);
    }
    slot.tenure.use();
    return slot.good ? &slot.parsed : nullptr;
  }

  /// Before a text of `size` bytes takes the slot.
  void make_room(Slot& slot, std::size_t size) {
    kept_bytes_ += size - slot.raw.size();
    // What a much longer text has left there would stay as long as the slot.
    if (slot.raw.capacity() > 2 * size + 512) slot = Slot();
    if (kept_bytes_ <= all_bytes_max) return;
    for (Slot& each : table_) each = Slot();
    kept_bytes_ = size;
  }

  const Parsed* read_anew(Text json) {
    // A new one each time, so that one huge map does not stay for ever.
    unkept_ = std::make_unique<Parsed>();
    return parse(*unkept_, json) ? unkept_.get() : nullptr;
  }

  bool parse(Parsed& parsed, Text json) {
    if (!json.empty()) return parsed.read(json, reader_);
    parsed = Parsed();
    return true;
  }

  Sightings sightings_{slots};
  std::vector<Slot> table_ = std::vector<Slot>(slots);
  std::size_t kept_bytes_ = 0;  ///< of all texts in the table
  std::unique_ptr<Parsed> unkept_;
  Parsed once_;
  Parsed empty_;
  JsonReader reader_;
};

/// `resource_tags` and `tags` of CUR 2.0, Tags of FOCUS.
class TagMap {
 public:
  /// How keys are written.
  enum class Keys {
    cur,       ///< `user_team`, `user:team` -> `team`; `aws_created_by` -> `aws:created_by`
    as_stated  ///< kept
  };
  bool read(Text json, JsonReader& reader, Keys keys);

  std::vector<Tag> tags;  ///< unique keys, sorted: a map says the same in any order
  Text name;              ///< value of `user_name`, else of `user:Name`; empty without
 protected:
  std::vector<JsonEntry> entries_;
  std::string memory_;
};

struct CurTagMap : TagMap {
  bool read(Text json, JsonReader& reader) { return TagMap::read(json, reader, Keys::cur); }
};
struct StatedTagMap : TagMap {
  bool read(Text json, JsonReader& reader) { return TagMap::read(json, reader, Keys::as_stated); }
};

/// Takes the prefix off a key of `resource_tags`; `memory` is where the key lies and may be written
/// to.
Text tag_key(char* key, std::size_t size) noexcept;

/// A map that is kept as its text.
class OpaqueMap {
 public:
  bool read(Text json, JsonReader& reader);
  std::string json;  ///< see sorted_json(); "" for a map without members

 private:
  std::vector<JsonEntry> entries_;
  std::string memory_;
};

/// The `product` map of CUR 2.0: what FOCUS has a place for.
class ProductMap {
 public:
  bool read(Text json, JsonReader& reader);
  Text vendor;
  /// Members of SkuPriceDetails as JSON, each followed by a comma:
  /// `"CoreCount":2,"OperatingSystem":"Linux",`
  std::string details;

 private:
  std::vector<JsonEntry> entries_;
  std::string memory_;
};

/// `"name":"text",` with the text escaped, appended to `json`; nothing for an empty text.
void append_member(std::string& json, std::string_view name, Text text);

}  // namespace billow::normalize::aws
