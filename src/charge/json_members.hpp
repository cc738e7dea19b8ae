#pragma once

#include "base/decimal.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Writing and reading the members of our own records, which are small and rare. (Charges have an
/// encoder of their own.)
namespace billow {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// A string, or the name of a member.
inline void write_text(JsonWriter& out, std::string_view value) {
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
inline void write_member(JsonWriter& out, std::string_view name, std::string_view value) {
  write_text(out, name);
  write_text(out, value);
}
inline void write_member(JsonWriter& out, std::string_view name, std::uint64_t value) {
  write_text(out, name);
  out.Uint64(value);
}

/// Reads members, with a default where they are absent or of another type; `ok` becomes false then,
/// so that one look at the end tells whether all were there. Borrows both.
class JsonReader {
 public:
  JsonReader(const rapidjson::Value& object, bool& ok) : object_(object), ok_(ok) {}

  /// The same for an object within this one.
  JsonReader at(const rapidjson::Value& object) const { return {object, ok_}; }
  /// Says that what was read makes no sense.
  void reject() const { ok_ = false; }
  /// True when there is such a member; may be asked of one that need not be there.
  bool has(std::string_view name) const;
  /// nullptr when there is none.
  const rapidjson::Value* find(std::string_view name) const;
  std::string text(std::string_view name) const;
  /// Every item of an array of strings.
  std::vector<std::string> texts(std::string_view name) const;
  std::uint64_t number(std::string_view name) const;
  /// An integer that may be negative.
  std::int64_t integer(std::string_view name) const;
  bool flag(std::string_view name) const;
  /// A sum written as decimal text.
  DecimalSum sum(std::string_view name) const;
  /// Calls `take` with a reader of every item of an array.
  template <class Take>
  void each(std::string_view name, Take take) const {
    const rapidjson::Value* value = find(name);
    if (value == nullptr || !value->IsArray()) {
      ok_ = false;
      return;
    }
    for (const rapidjson::Value& item : value->GetArray()) take(at(item));
  }

 private:
  const rapidjson::Value& object_;
  bool& ok_;
};

}  // namespace billow
