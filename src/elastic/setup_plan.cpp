#include "elastic/setup_plan.hpp"

#include "elastic/alias_filter.hpp"
#include "elastic/publication.hpp"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <algorithm>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

constexpr AssetKind kinds[] = {
    {"lifecycle/", "/_ilm/policy/", "/_ilm/policy/billow*", "", "", "/policy/_meta/version",
     "/policy/_meta/managed_by"},
    {"component/", "/_component_template/", "/_component_template/billow*", "component_templates",
     "component_template", "/version", "/_meta/managed_by"},
    {"index/", "/_index_template/", "/_index_template/billow*", "index_templates", "index_template",
     "/version", "/_meta/managed_by"},
    {"role/", "/_security/role/",
     "/_security/role/billow_setup,billow_writer,billow_reader,billow_auditor", "", "",
     "/metadata/version", "/metadata/managed_by"},
};

Error malformed_assets(const std::string& what) { return {Errc::malformed, what}; }

std::string_view name_of(const AssetKind& kind, const embedded::File& file) {
  std::string_view name = file.name.substr(kind.folder.size());
  name.remove_suffix(std::string_view(".json").size());
  return name;
}

std::string path_of(const AssetKind& kind, std::string_view name) {
  return std::string(kind.path) + std::string(name);
}

InstalledAsset asset_of(const AssetKind& kind, dom::element body) {
  InstalledAsset asset;
  std::int64_t number = 0;
  const bool versioned = body.at_pointer(kind.version_at).get(number) == simdjson::SUCCESS;
  if (versioned) asset.version = static_cast<int>(number);
  if (body["_meta"]["replicas"].get(number) == simdjson::SUCCESS)
    asset.replicas = static_cast<int>(number);
  dom::array users;
  std::string_view owner;
  const bool owned = body.at_pointer(kind.owner_at).get(owner) == simdjson::SUCCESS;
  asset.ours = owned ? owner == "billow" : versioned;
  asset.in_use = body["in_use_by"]["indices"].get(users) == simdjson::SUCCESS && users.size() != 0;
  asset.body = simdjson::minify(body);
  asset.paths = json_paths(asset.body);
  return asset;
}

/// Puts the number of replicas into a template that sets it, and notes it in `_meta`.
void set_replicas(rapidjson::Document& body, int replicas) {
  const auto has = [](const rapidjson::Value& object, const char* key) {
    return object.IsObject() && object.HasMember(key);
  };
  if (!has(body, "template") || !has(body["template"], "settings")) return;
  rapidjson::Value& index = body["template"]["settings"]["index"];
  if (!has(index, "auto_expand_replicas")) return;
  auto& memory = body.GetAllocator();
  if (replicas != 1) {
    index.RemoveMember("auto_expand_replicas");
    index.AddMember("number_of_replicas", replicas, memory);
  }
  body["_meta"].AddMember("replicas", replicas, memory);
}

SetupStep::Action action_for(int version, int replicas, SetupParts parts,
                             const InstalledAsset* installed) {
  using Action = SetupStep::Action;
  if (installed == nullptr) return Action::create;
  if (!installed->ours) return parts.take_over ? Action::upgrade : Action::foreign;
  if (major_of(installed->version) > major_of(version)) return Action::incompatible;
  if (installed->version > version) return parts.downgrade ? Action::downgrade : Action::newer;
  if (installed->version < version) return Action::upgrade;
  const bool same_replicas = replicas == installed->replicas;
  return same_replicas ? Action::unchanged : Action::upgrade;
}

std::string text_of(const rapidjson::Document& body) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  body.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

/// A file that is only for clusters which have the ability that its `_meta.requires` names.
bool is_left_out(const rapidjson::Document& body, SetupParts parts) {
  const rapidjson::Value* needed = rapidjson::Pointer("/_meta/requires").Get(body);
  return needed != nullptr && needed->IsString() &&
         std::string_view(needed->GetString()) == "lifecycle" && !parts.lifecycle;
}

/// nullopt: it is left out.
Result<std::optional<SetupStep>> plan_asset(const AssetKind& kind, const embedded::File& file,
                                            int replicas, SetupParts parts,
                                            const Installed& installed) {
  rapidjson::Document body;
  body.Parse(file.text.data(), file.text.size());
  const rapidjson::Value* version =
      body.HasParseError()
          ? nullptr
          : rapidjson::Pointer(kind.version_at.data(), kind.version_at.size()).Get(body);
  if (version == nullptr || !version->IsInt())
    return malformed_assets("es-templates/" + std::string(file.name) + " lacks " +
                            std::string(kind.version_at));
  if (is_left_out(body, parts)) return std::optional<SetupStep>();
  SetupStep step;
  step.version = version->GetInt();
  set_replicas(body, replicas);
  const bool replicated = rapidjson::Pointer("/_meta/replicas").Get(body) != nullptr;
  step.method = "PUT";
  step.path = path_of(kind, name_of(kind, file));
  step.body = text_of(body);
  const auto found = installed.find(step.path);
  const InstalledAsset* const there = found == installed.end() ? nullptr : &found->second;
  step.action = action_for(step.version, replicated ? replicas : -1, parts, there);
  if (there == nullptr) return std::optional(std::move(step));
  step.installed = there->version;
  using Action = SetupStep::Action;
  if (step.action != Action::unchanged && step.action != Action::newer)
    step.changes = differences(there->paths, json_paths(step.body));
  return std::optional(std::move(step));
}

}  // namespace

std::span<const AssetKind> asset_kinds() { return kinds; }

bool wants(SetupParts parts, const AssetKind& kind) {
  if (kind.folder == "lifecycle/") return parts.lifecycle;
  return kind.folder != "role/" || parts.roles;
}

Result<void> read_installed(const AssetKind& kind, const std::string& json, Installed& installed) {
  dom::parser parser;
  dom::element answer;
  const std::string what = "the answer to GET " + std::string(kind.list_path);
  if (parser.parse(json).get(answer) != simdjson::SUCCESS)
    return malformed_assets(what + " is no JSON");
  if (kind.list.empty()) {
    dom::object entries;
    if (answer.get(entries) != simdjson::SUCCESS) return malformed_assets(what + " is no object");
    for (const auto& entry : entries)
      installed[path_of(kind, entry.key)] = asset_of(kind, entry.value);
    return {};
  }
  dom::array list;
  if (answer[kind.list].get(list) != simdjson::SUCCESS) return {};
  for (const dom::element entry : list) {
    std::string_view name;
    dom::element body;
    if (entry["name"].get(name) != simdjson::SUCCESS ||
        entry[kind.body].get(body) != simdjson::SUCCESS)
      return malformed_assets(what + " names a template without its body");
    installed[path_of(kind, name)] = asset_of(kind, body);
  }
  return {};
}

Result<std::vector<SetupStep>> plan_assets(std::span<const embedded::File> files, int replicas,
                                           SetupParts parts, const Installed& installed) {
  std::vector<SetupStep> steps;
  for (const AssetKind& kind : kinds) {
    if (!wants(parts, kind)) continue;
    for (const embedded::File& file : files) {
      if (!file.name.starts_with(kind.folder)) continue;
      auto step = plan_asset(kind, file, replicas, parts, installed);
      if (!step) return step.error();
      if (*step) steps.push_back(**std::move(step));
    }
  }
  return steps;
}

std::vector<SetupStep> plan_removal(std::span<const embedded::File> files,
                                    const Installed& installed) {
  std::vector<SetupStep> steps;
  for (const AssetKind& kind : kinds) {
    for (const embedded::File& file : files) {
      if (!file.name.starts_with(kind.folder)) continue;
      SetupStep step;
      step.method = "DELETE";
      step.path = path_of(kind, name_of(kind, file));
      const auto there = installed.find(step.path);
      if (there == installed.end()) continue;
      const bool stays = there->second.in_use || !there->second.ours;
      step.action = stays ? SetupStep::Action::unchanged : SetupStep::Action::remove;
      step.installed = there->second.version;
      steps.push_back(std::move(step));
    }
  }
  std::ranges::reverse(steps);
  return steps;
}

Result<SetupStep> plan_state_index(const std::optional<std::string>& answer) {
  SetupStep step;
  step.method = "PUT";
  step.path = "/" + std::string(state_index);
  step.version = 1;
  if (!answer) return step;
  dom::parser parser;
  dom::object indices;
  if (parser.parse(*answer).get(indices) != simdjson::SUCCESS)
    return malformed_assets("the answer about " + std::string(state_index) + " is no JSON object");
  bool registered = false;
  std::uint64_t feeds = 0;
  for (const auto& index : indices) {
    dom::object aliases;
    if (index.value["aliases"].get(aliases) != simdjson::SUCCESS) continue;
    for (const auto& alias : aliases) {
      registered = registered || alias.key.starts_with("billow-feeds-");
      if (alias.key.starts_with("billow-epoch-")) ++feeds;
    }
  }
  if (!registered) {
    step.path += "/_alias/" + register_alias(feeds);
    return step;
  }
  step.action = SetupStep::Action::unchanged;
  step.installed = 1;
  return step;
}

}  // namespace billow::elastic
