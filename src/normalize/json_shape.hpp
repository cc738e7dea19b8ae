#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// What a feed takes from one member of a JSON object. Members that no shape names are read, so
/// that the page is known to be JSON, and left out.
struct JsonMember {
  enum class Kind : std::uint8_t {
    text,    ///< a string or null: the cell of `column`
    number,  ///< a number or null: the cell of `column`, with the digits it has in the page
    total,   ///< a number or null that states the sum of `column` over the rows in the same object
    object,  ///< an object or null, whose `members` belong to the object around it
    list,    ///< a list of objects with `members`, or null where it is empty
    rows,    ///< the same, and each of the objects is a row
  };

  std::string_view key;
  Kind kind;
  std::string_view column;
  std::span<const JsonMember> members;
};

/// The pages of one feed: an object with lists in it, and rows in these. A row has the cells of all
/// objects it lies in, in the order in which they stand here, first those of the page. An object
/// outside the rows must have its lists; every other member may be missing and is null then. The
/// members of one object have different keys, at most 64 of them.
using JsonShape = std::span<const JsonMember>;

/// The names of a row's cells.
std::vector<std::string> columns_of(JsonShape shape);

}  // namespace billow::normalize
