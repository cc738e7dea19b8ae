#include "elastic/slices_query.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace billow::elastic {

std::string slices_query(std::span<const std::string> slice_ids) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  writer.StartObject();
  writer.Key("terms");
  writer.StartObject();
  writer.Key("x_SliceId");
  writer.StartArray();
  for (const std::string& id : slice_ids) writer.String(id);
  writer.EndArray();
  writer.EndObject();
  writer.EndObject();
  return out.GetString();
}

std::string outside_query(std::span<const std::string> slice_ids) {
  return R"({"bool":{"must_not":[)" + slices_query(slice_ids) + "]}}";
}

}  // namespace billow::elastic
