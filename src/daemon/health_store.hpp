#pragma once

#include "daemon/feed_health.hpp"
#include "elastic/cluster.hpp"

namespace billow::daemon {

/// What is stored of a feed's health; a feed that has none, or one that cannot be understood, is as
/// new.
Task<FeedHealth> read_health(elastic::Cluster& cluster, std::string feed);
Task<void> write_health(elastic::Cluster& cluster, FeedHealth health);

}  // namespace billow::daemon
