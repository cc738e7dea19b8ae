#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "proof/reconciliation.hpp"
#include "proof/scope.hpp"

#include <map>
#include <string>
#include <string_view>

/// What a rollup says of a period, added up from its documents as they are stored.
namespace billow::proof {

/// Adds a rollup's document to the sums of its currency. False, and nothing is added, when it lacks
/// one of the four costs or x_ChargeCount or when one of them is no number. Pure.
bool add_rollup(std::map<std::string, CurrencyTotals, std::less<>>& totals,
                std::string_view source);

/// Reads every document of a feed and period that readers see behind the alias of a rollup,
/// whatever its filters are. An alias that is not there shows nothing. Errc::malformed when a
/// document cannot be added up.
Task<Account> read_rollup(elastic::Cluster& cluster, std::string alias, std::string feed,
                          std::string period, OnProgress on_progress);

}  // namespace billow::proof
