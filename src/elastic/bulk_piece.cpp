#include "elastic/bulk_piece.hpp"

#include <algorithm>
#include <cassert>

namespace billow::elastic {
namespace {

/// The items first..last-1 as a body of their own.
BulkBody range_of(const BulkBody& body, std::size_t first, std::size_t last) {
  BulkBody part;
  part.index = body.index;
  const std::uint32_t start = body.offsets[first];
  const std::size_t end = last < body.items() ? body.offsets[last] : body.bytes.size();
  part.bytes = body.bytes.substr(start, end - start);
  part.offsets.reserve(last - first);
  for (std::size_t i = first; i < last; ++i) part.offsets.push_back(body.offsets[i] - start);
  return part;
}

}  // namespace

BulkBody gather_retries(const BulkBody& body, const std::vector<ItemFault>& faults) {
  BulkBody part;
  part.index = body.index;
  for (const ItemFault& fault : faults) {
    if (fault.fate != ItemFate::retry) continue;
    part.offsets.push_back(static_cast<std::uint32_t>(part.bytes.size()));
    part.bytes += body.item(fault.item);
  }
  return part;
}

std::pair<BulkBody, BulkBody> split_half(const BulkBody& body) {
  const auto middle = static_cast<std::uint32_t>(body.bytes.size() / 2);
  const auto found = std::lower_bound(body.offsets.begin(), body.offsets.end(), middle);
  auto cut = static_cast<std::size_t>(found - body.offsets.begin());
  // The item before may start closer to the middle.
  if (cut > 1 &&
      (cut == body.items() || middle - body.offsets[cut - 1] < body.offsets[cut] - middle))
    --cut;
  cut = std::clamp<std::size_t>(cut, 1, body.items() - 1);
  return {range_of(body, 0, cut), range_of(body, cut, body.items())};
}

}  // namespace billow::elastic
