#pragma once

#include "elastic/bulk_body.hpp"
#include "elastic/bulk_response.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Cutting bulk bodies without encoding anything again. Pure.
namespace billow::elastic {

/// A body of just the items that `faults` marks with ItemFate::retry.
BulkBody gather_retries(const BulkBody& body, const std::vector<ItemFault>& faults);

/// Cuts a body of two or more items where its bytes are halved best; neither part is empty.
std::pair<BulkBody, BulkBody> split_half(const BulkBody& body);

}  // namespace billow::elastic
