#pragma once

#include "elastic/cluster.hpp"
#include "elastic/publication.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What readers see and where the fencing tokens are, for those who check: nothing is taken for
/// granted and nothing is created.
namespace billow::elastic {

/// One index behind the charges alias, whatever its name.
struct ShownIndex {
  Visible visible;  ///< as far as the filter says it in our words
  /// What of the alias is none of ours, a sentence: readers see something else than `visible`. ""
  /// for an alias that Billow wrote.
  std::string foreign;
};

/// Everything behind the charges alias, by index.
Task<std::vector<ShownIndex>> read_shown(Cluster& cluster);
/// The same of one index; without an alias there, or without the index, it shows nothing.
Task<ShownIndex> read_shown_of(Cluster& cluster, std::string index);
/// The fencing token of every feed that has one; the higher where a feed has two.
Task<std::map<std::string, std::uint64_t>> read_tokens(Cluster& cluster);

/// Reads the answer to GET _alias/billow-charges. Pure.
Result<std::vector<ShownIndex>> read_shown_answer(const std::string& json);
/// Reads the answer to GET billow-state/_alias. Pure.
Result<std::map<std::string, std::uint64_t>> read_tokens_answer(const std::string& json);

}  // namespace billow::elastic
