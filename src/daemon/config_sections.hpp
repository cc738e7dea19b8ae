#pragma once

#include "daemon/config_node.hpp"

#include <vector>

/// The blocks of the configuration, one function each. They note problems in the node's list; what
/// they return is of use only when there are none.
namespace billow::daemon {

elastic::Config read_elasticsearch(const ConfigNode& node);
ListenAddress read_http(const ConfigNode& node);
LogConfig read_log(const ConfigNode& node);
/// The whole list: reads every entry, then looks for ids and exports that stand there twice.
std::vector<feed::FeedConfig> read_feeds(const ConfigNode& node);

}  // namespace billow::daemon
