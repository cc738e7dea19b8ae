#pragma once

#include "elastic/cluster.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Where the fencing tokens of a feed begin.
namespace billow::elastic {

/// 0 for a feed that nothing is recorded of. Where billow-state was lost, the tokens go on above
/// those of the audit chain and the delivery records, so that no publication gets the token of
/// another.
Task<std::uint64_t> first_token(Cluster& cluster, std::string feed);

/// The member Token of a record; nullopt without one. Pure.
Result<std::optional<std::uint64_t>> read_recorded_token(std::string_view json);

}  // namespace billow::elastic
