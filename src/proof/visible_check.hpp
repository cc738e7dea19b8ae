#pragma once

#include "audit/chain_walk.hpp"
#include "audit/finding.hpp"
#include "elastic/shown.hpp"
#include "proof/scope.hpp"
#include "sync/record.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What readers see against what the chain says they see. Pure.
namespace billow::proof {

/// Feed and period of "billow-charges-<feed>-<period>"; nullopt for another name.
std::optional<audit::ChainWalk::Key> key_of(const std::string& index);

using Newest = std::map<audit::ChainWalk::Key, audit::Newest>;

/// Compares everything behind the charges alias with the newest records, both ways round. Periods
/// whose newest record is not sound cannot be compared and are left out.
std::vector<audit::Finding> check_visible(const Newest& newest,
                                          const std::vector<elastic::ShownIndex>& shown,
                                          const Scope& scope);

/// Compares the delivery record that the read alias names, which `billow report` adds up, with the
/// chain's record of its publish.
std::vector<audit::Finding> check_delivery(const audit::Record& record,
                                           const std::optional<sync::DeliveryRecord>& delivery);

}  // namespace billow::proof
