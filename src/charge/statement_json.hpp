#pragma once

#include "charge/control_totals.hpp"
#include "charge/json_members.hpp"

#include <array>
#include <string>
#include <vector>

/// What a delivery states and where it came from, as delivery records and the audit chain hold it.
namespace billow {

/// {"BilledCost":"12.5",...}: the four costs as decimal text, exact in every JSON reader, which
/// numbers are not.
void write_sums(JsonWriter& out, std::string_view name,
                const std::array<DecimalSum, cost_kinds>& sums);
void read_sums(const JsonReader& in, std::string_view name,
               std::array<DecimalSum, cost_kinds>& sums);

/// "Slices": an array of ids, keys and control totals.
void write_slices(JsonWriter& out, const std::vector<Slice>& slices);
std::vector<Slice> read_slices(const JsonReader& in);

/// "Objects": an array of what has `key`, `size` and `etag`.
template <class Object>
void write_objects(JsonWriter& out, const std::vector<Object>& objects) {
  write_text(out, "Objects");
  out.StartArray();
  for (const Object& object : objects) {
    out.StartObject();
    write_member(out, "Key", object.key);
    write_member(out, "Size", object.size);
    write_member(out, "ETag", object.etag);
    out.EndObject();
  }
  out.EndArray();
}
template <class Object>
std::vector<Object> read_objects(const JsonReader& in) {
  std::vector<Object> objects;
  in.each("Objects", [&objects](const JsonReader& member) {
    Object object;
    object.key = member.text("Key");
    object.size = member.number("Size");
    object.etag = member.text("ETag");
    objects.push_back(std::move(object));
  });
  return objects;
}

}  // namespace billow
