#pragma once

#include "elastic/publication.hpp"

#include <map>
#include <string>
#include <vector>

/// The aggregation that adds up slices, page by page. Pure.
namespace billow::elastic {

inline constexpr int sums_page_max = 1'000;  ///< pairs of slice and currency in one answer

/// Body of the search that sums up to sums_page_max pairs after `after_key` (JSON; "" for the first
/// page).
std::string sums_body(const SumScope& scope, const std::string& after_key);

/// Adds one answer to `sums` and returns the key to go on after, "" when that was the last page.
/// Lines without a currency count under "". Errc::transient when a shard is missing from the
/// answer.
Result<std::string> read_sums(const std::string& json, std::map<std::string, StoredSlice>& sums);

}  // namespace billow::elastic
