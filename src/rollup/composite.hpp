#pragma once

#include "elastic/bulk_body.hpp"
#include "rollup/definition.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// A definition as a composite aggregation, and its buckets as documents. Pure.
namespace billow::rollup {

/// Documents made from one answer. Elasticsearch looks at every charge for each page of them.
inline constexpr std::size_t groups_page_max = 5'000;

/// Where the reading of pages is.
struct PageEnd {
  std::string after_key;      ///< JSON; "": there is no further page
  std::string slice;          ///< of the last document
  std::uint64_t ordinal = 0;  ///< of the last document within its slice
};

/// Body of the search for the groups after `before` among the charges that `query` (JSON) finds.
std::string groups_body(const Definition& definition, const std::string& query,
                        const PageEnd& before);

/// Appends a document for each bucket of the answer to `bulk`, numbered within its slice: the
/// groups of a slice never change, nor does their order. Errc::transient when a shard is missing
/// from the answer.
Result<PageEnd> read_groups(const Definition& definition, const std::string& json, PageEnd before,
                            elastic::BulkBody& bulk);

}  // namespace billow::rollup
