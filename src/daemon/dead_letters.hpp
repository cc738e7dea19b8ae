#pragma once

#include "elastic/cluster.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace billow::daemon {

/// A line that could not become a charge, as billow-dead-letters holds it.
struct StoredLetter {
  std::string feed;
  std::string period;
  std::string delivery_id;
  std::string object;     ///< key of the file; "" for a document that Elasticsearch refused
  std::uint64_t row = 0;  ///< in that file, from 1
  std::string column;     ///< may be empty
  std::string reason;
  std::string line;
};

/// Which letters are meant.
struct LetterScope {
  std::vector<std::string> feeds;     ///< ids; empty: all
  std::optional<std::string> period;  ///< "2026-06"
};

/// Number of letters by feed and period.
using LetterCounts = std::map<std::pair<std::string, std::string>, std::uint64_t>;
std::uint64_t total(const LetterCounts& counts);

/// Letters that can be listed at once; Elasticsearch pages no further.
inline constexpr std::size_t letters_listed_max = 10'000;

/// The first `limit` letters by feed, period, object and row.
Task<std::vector<StoredLetter>> read_letters(elastic::Cluster& cluster, LetterScope scope,
                                             std::size_t limit);
Task<LetterCounts> count_letters(elastic::Cluster& cluster, LetterScope scope);

std::string letters_query(const LetterScope& scope, std::size_t from, std::size_t size);
std::string letter_counts_query(const LetterScope& scope);
/// Reads one document; members that are absent are empty.
Result<StoredLetter> read_letter(std::string_view source);
/// Reads an answer to letter_counts_query().
Result<LetterCounts> read_letter_counts(std::string_view answer);

}  // namespace billow::daemon
