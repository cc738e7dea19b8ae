#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace billow::elastic {

/// Slices in one query: index.max_terms_count allows 65,536.
inline constexpr std::size_t slices_at_once = 10'000;

/// JSON of a query for the documents of these slices.
std::string slices_query(std::span<const std::string> slice_ids);

/// JSON of a query for the documents of all other slices.
std::string outside_query(std::span<const std::string> slice_ids);

}  // namespace billow::elastic
