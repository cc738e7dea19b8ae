#include "elastic/slices_query.hpp"

#include "elastic/filters.hpp"

namespace billow::elastic {

std::string slices_query(std::span<const std::string> slice_ids) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  write_terms(writer, "x_SliceId", slice_ids);
  return out.GetString();
}

std::string outside_query(std::span<const std::string> slice_ids) {
  return R"({"bool":{"must_not":[)" + slices_query(slice_ids) + "]}}";
}

}  // namespace billow::elastic
