#pragma once

#include "base/error.hpp"
#include "elastic/item_fate.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace billow::elastic {

/// An item that was neither stored nor found in the state it was to have.
struct ItemFault {
  std::uint32_t item = 0;              ///< its place in the request, from 0
  ItemFate fate = ItemFate::rejected;  ///< retry, stop or rejected
  int status = 0;
  std::string reason;  ///< type: reason
};

/// The answer to one bulk request, item by item.
struct BulkAnswer {
  std::uint64_t stored = 0;
  std::uint64_t already_there = 0;
  std::uint64_t missing = 0;
  std::vector<ItemFault> faults;  ///< in the order of the request
};

/// Reads the body of a 200. Every item is looked at, whatever `errors` says: a delete of a missing
/// document is no error there, and the number of items must be the number that was sent. Anything
/// that is not such an answer is Errc::malformed: then nothing is known about any item.
Result<BulkAnswer> read_bulk_answer(std::string body, std::size_t items_sent);

}  // namespace billow::elastic
