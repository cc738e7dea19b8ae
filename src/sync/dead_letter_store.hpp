#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "sync/dead_letter_body.hpp"

#include <string>
#include <vector>

namespace billow::sync {

/// Makes billow-dead-letters hold these lines of the delivery, and none of its lines that an
/// earlier reading found dead. Lines are added before others are removed, so that a crash between
/// loses none.
Task<void> store_dead_letters(elastic::Cluster& cluster, DeliveryRecord record,
                              std::vector<normalize::DeadLetter> letters,
                              std::vector<elastic::RejectedItem> rejected);

/// Removes the lines of every delivery of the record's feed and period but those of `kept`, and but
/// those that an attempt with the record's token or a higher one has stored: a daemon that was
/// overtaken must not remove those of its successor.
Task<void> drop_other_dead_letters(elastic::Cluster& cluster, DeliveryRecord record,
                                   std::vector<std::string> kept);

}  // namespace billow::sync
