#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "sync/delivery.hpp"
#include "sync/record.hpp"

#include <map>
#include <string>
#include <vector>

namespace billow::sync {

/// The deliveries that stand, by period: those of `settled` that were published as they are named
/// now, and for whose period nothing is left open, such as one that was withheld, or one that was
/// published after and not recorded. Pure.
std::map<std::string, Delivery> standing_deliveries(const std::vector<Discovered>& settled,
                                                    const std::vector<DeliveryRecord>& records);

/// The same for a feed, by its records. Asks nothing where nothing is settled, and once otherwise.
Task<std::map<std::string, Delivery>> read_standing(elastic::Cluster& cluster, std::string feed,
                                                    std::vector<Discovered> discovered);

}  // namespace billow::sync
