#pragma once

#include "daemon/config_node.hpp"
#include "feed/feed_config.hpp"

namespace billow::daemon {

/// The keys of a feed of Elastic Cloud that no other has: `organization`, and the block
/// `elastic_cloud`.
void read_elastic_cloud(ConfigMap& feed, feed::ElasticCloudConfig& config);

}  // namespace billow::daemon
