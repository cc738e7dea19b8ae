#pragma once

#include "base/embedded.hpp"
#include "elastic/json_paths.hpp"
#include "elastic/setup.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Deciding what `billow setup` has to do. Pure.
namespace billow::elastic {

/// A kind of thing that es-templates/ holds in a folder and a cluster under a path.
struct AssetKind {
  std::string_view folder;      ///< "component/"
  std::string_view path;        ///< "/_component_template/"
  std::string_view list_path;   ///< what to GET for those of Billow's that are installed
  std::string_view list;        ///< member of the answer with a list; "": the answer maps names
  std::string_view body;        ///< member of an entry with what is installed; "": the entry itself
  std::string_view version_at;  ///< JSON pointer to the version
  std::string_view owner_at;    ///< JSON pointer to "managed_by"
};
/// Every kind, in the order of installation.
std::span<const AssetKind> asset_kinds();
/// Whether a setup of these parts looks at this kind.
bool wants(SetupParts parts, const AssetKind& kind);

/// Something of Billow's as the cluster has it.
struct InstalledAsset {
  int version = 0;  ///< 0: it has none
  /// It says that Billow manages it, or names nobody and has a version: made by hand after ours.
  bool ours = false;
  int replicas = -1;    ///< `_meta.replicas`; -1: it does not say
  bool in_use = false;  ///< a lifecycle policy that indices have
  JsonPaths paths;
  std::string body;  ///< JSON
};

/// By path, e.g. "/_component_template/billow-records".
using Installed = std::map<std::string, InstalledAsset>;

/// Adds what the answer to a GET of `kind.list_path` tells.
Result<void> read_installed(const AssetKind& kind, const std::string& json, Installed& installed);

/// The steps for `files` ("component/<name>.json" and so on), kind by kind. `replicas` goes into
/// every template with settings: 1 as auto_expand_replicas 0-1, so that a cluster of one node is
/// green.
Result<std::vector<SetupStep>> plan_assets(std::span<const embedded::File> files, int replicas,
                                           SetupParts parts, const Installed& installed);

/// The steps that delete what `files` name and the cluster has, in the opposite order. A policy in
/// use and what Billow did not make stay, and their steps say `unchanged`.
std::vector<SetupStep> plan_removal(std::span<const embedded::File> files,
                                    const Installed& installed);

/// The step for the index that carries the fencing tokens. `answer` is that to GET /billow-state
/// with its aliases, nullopt when there is no such index. Where only the register billow-feeds-<n>
/// is lacking, the step puts it back; n is then the number of feeds that have a token.
Result<SetupStep> plan_state_index(const std::optional<std::string>& answer);

}  // namespace billow::elastic
