#pragma once

#include "elastic/cluster.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace billow::elastic {

/// An index behind an alias.
struct AliasMember {
  std::string alias;
  std::string index;
};

/// Every index behind these aliases, whoever put it there; an alias that is not there has none.
Task<std::vector<AliasMember>> read_members(Cluster& cluster, std::vector<std::string> aliases);
/// Reads the answer to GET _cat/aliases/<aliases>?format=json&h=alias,index. Pure.
Result<std::vector<AliasMember>> read_members_answer(const std::string& json);

/// How many documents of a feed readers find behind `alias` in these indices, by billing period.
Task<std::map<std::string, std::uint64_t>> count_by_period(Cluster& cluster, std::string alias,
                                                           std::vector<std::string> indices,
                                                           std::string feed);
/// Reads the answer to the search for it. Pure.
Result<std::map<std::string, std::uint64_t>> read_periods_answer(const std::string& json);

}  // namespace billow::elastic
