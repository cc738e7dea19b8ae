#include "normalize/json_node.hpp"

namespace billow::normalize {
namespace {

using Kind = JsonNode::Kind;

JsonNode node_of(const JsonMember& member, std::size_t& cells) {
  JsonNode node;
  node.key = member.key;
  node.kind = member.kind;
  node.column = member.column;
  node.first_cell = cells;
  if (member.kind == Kind::text || member.kind == Kind::number) ++cells;
  std::uint64_t bit = 1;
  for (const JsonMember& inner : member.members) {
    node.members.push_back(node_of(inner, cells));
    const bool is_list = inner.kind == Kind::list || inner.kind == Kind::rows;
    if (is_list) node.list_members |= bit;
    if (!is_list && inner.kind != Kind::total) node.cell_members |= bit;
    bit <<= 1;
  }
  node.last_cell = cells;
  return node;
}

std::size_t cell_of(const JsonNode& node, std::string_view column) {
  if (node.column == column && (node.kind == Kind::text || node.kind == Kind::number))
    return node.first_cell;
  for (const JsonNode& member : node.members)
    if (const std::size_t cell = cell_of(member, column); cell != JsonNode::no_cell) return cell;
  return JsonNode::no_cell;
}

/// The column that a total names; "" where there is none.
std::string_view summed_column(const JsonNode& node) {
  if (node.kind == Kind::total) return node.column;
  for (const JsonNode& member : node.members)
    if (const auto column = summed_column(member); !column.empty()) return column;
  return {};
}

}  // namespace

JsonNode json_node_of(JsonShape shape) {
  std::size_t cells = 0;
  return node_of({{}, Kind::object, {}, shape}, cells);
}

std::size_t summed_cell(const JsonNode& page) {
  const std::string_view column = summed_column(page);
  return column.empty() ? JsonNode::no_cell : cell_of(page, column);
}

}  // namespace billow::normalize
