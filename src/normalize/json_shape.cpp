#include "normalize/json_shape.hpp"

namespace billow::normalize {
namespace {

void add_columns(JsonShape shape, std::vector<std::string>& columns) {
  using Kind = JsonMember::Kind;
  for (const JsonMember& member : shape) {
    if (member.kind == Kind::text || member.kind == Kind::number) {
      columns.emplace_back(member.column);
    } else if (member.kind != Kind::total) {
      add_columns(member.members, columns);
    }
  }
}

}  // namespace

std::vector<std::string> columns_of(JsonShape shape) {
  std::vector<std::string> columns;
  add_columns(shape, columns);
  return columns;
}

}  // namespace billow::normalize
