#pragma once

#include "base/embedded.hpp"
#include "elastic/setup.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Deciding what `billow setup` has to do. Pure.
namespace billow::elastic {

/// A template as it is or as it should be.
struct TemplateFacts {
  int version = 0;    ///< 0: it has none
  int replicas = -1;  ///< `_meta.replicas`; -1: it does not say
};

/// Templates by path, e.g. "/_component_template/billow-records".
using InstalledTemplates = std::map<std::string, TemplateFacts>;

/// Adds what the answer to GET /_component_template/billow* or GET /_index_template/billow* tells.
Result<void> read_installed(const std::string& json, InstalledTemplates& installed);

/// The steps for the templates in `files` ("component/<name>.json" before "index/<name>.json").
/// `replicas` goes into every template with settings: 1 as auto_expand_replicas 0-1, so that a
/// cluster of one node is green.
Result<std::vector<SetupStep>> plan_templates(std::span<const embedded::File> files, int replicas,
                                              const InstalledTemplates& installed);

/// The step for the index that carries the fencing tokens. `answer` is that to GET /billow-state
/// with its aliases, nullopt when there is no such index. Where only the register billow-feeds-<n>
/// is lacking, the step puts it back; n is then the number of feeds that have a token.
Result<SetupStep> plan_state_index(const std::optional<std::string>& answer);

}  // namespace billow::elastic
