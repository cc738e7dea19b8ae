#pragma once

#include "base/error.hpp"

#include <simdjson.h>

#include <string_view>

namespace billow::elastic {

/// Every shard must have answered a search, in time: a sum over some of them would be a wrong sum.
/// Errc::transient when one has not; Errc::malformed, beginning with `what`, when `answer` does not
/// tell. Pure.
Result<void> check_complete(simdjson::dom::element answer, std::string_view what);

}  // namespace billow::elastic
