#pragma once

#include "normalize/json_shape.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// A member of a shape, and the cells of a row that it and the members in it fill.
struct JsonNode {
  using Kind = JsonMember::Kind;
  static constexpr std::size_t no_cell = SIZE_MAX;

  std::string_view key;
  Kind kind = Kind::object;
  std::string_view column;
  std::size_t first_cell = 0;
  std::size_t last_cell = 0;  ///< one beyond
  std::vector<JsonNode> members;
  std::uint64_t cell_members = 0;  ///< a bit for each member with cells that no list holds
  std::uint64_t list_members = 0;  ///< a bit for each list
};

/// The page itself. Cells are numbered in the order of columns_of().
JsonNode json_node_of(JsonShape shape);

/// The cell that totals are the sum of; no_cell where the shape has no totals.
std::size_t summed_cell(const JsonNode& page);

}  // namespace billow::normalize
