#pragma once

#include "elastic/bulk_body.hpp"
#include "rollup/definition.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One document of a rollup, whoever added it up. Pure.
namespace billow::rollup {

struct RollupDocument {
  /// In the order of Definition::groups, null without a value; dates as Elasticsearch writes them,
  /// `2026-06-01T00:00:00.000Z`.
  std::vector<std::optional<std::string>> groups;
  /// In the order of Definition::measures: JSON numbers.
  std::vector<std::string> measures;
};

/// Appends the document to `bulk`. Its `_id` is the slice's id and `ordinal`, its place within the
/// slice: the same work done twice makes the same ids. The document is the one that a transform of
/// Elasticsearch makes.
void append_document(const Definition& definition, const RollupDocument& document,
                     std::string_view slice, std::uint64_t ordinal, elastic::BulkBody& bulk);

}  // namespace billow::rollup
