#include "elastic/setup_plan.hpp"

#include "elastic/alias_filter.hpp"
#include "elastic/publication.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <algorithm>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;
constexpr std::string_view component_folder = "component/";
constexpr std::string_view index_folder = "index/";

Error malformed(const std::string& what) { return {Errc::malformed, what}; }

std::string path_of(std::string_view folder, std::string_view name) {
  const bool component = folder == component_folder;
  return (component ? "/_component_template/" : "/_index_template/") + std::string(name);
}

TemplateFacts facts_of(dom::element body) {
  TemplateFacts facts;
  std::int64_t number = 0;
  if (body["version"].get(number) == simdjson::SUCCESS) facts.version = static_cast<int>(number);
  if (body["_meta"]["replicas"].get(number) == simdjson::SUCCESS)
    facts.replicas = static_cast<int>(number);
  return facts;
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

SetupStep::Action action_for(const TemplateFacts& ours, const TemplateFacts* installed) {
  if (installed == nullptr) return SetupStep::Action::create;
  if (installed->version > ours.version) return SetupStep::Action::newer;
  if (installed->version < ours.version) return SetupStep::Action::upgrade;
  const bool same_replicas = ours.replicas == installed->replicas;
  return same_replicas ? SetupStep::Action::unchanged : SetupStep::Action::upgrade;
}

Result<SetupStep> plan_template(std::string_view folder, const embedded::File& file, int replicas,
                                const InstalledTemplates& installed) {
  std::string_view name = file.name.substr(folder.size());
  name.remove_suffix(std::string_view(".json").size());
  rapidjson::Document body;
  body.Parse(file.text.data(), file.text.size());
  const bool sound = !body.HasParseError() && body.IsObject() && body.HasMember("version") &&
                     body["version"].IsInt() && body.HasMember("_meta") && body["_meta"].IsObject();
  if (!sound)
    return malformed("es-templates/" + std::string(file.name) + " lacks version or _meta");
  set_replicas(body, replicas);

  TemplateFacts ours;
  ours.version = body["version"].GetInt();
  if (body["_meta"].HasMember("replicas")) ours.replicas = replicas;
  SetupStep step;
  step.method = "PUT";
  step.path = path_of(folder, name);
  step.version = ours.version;
  const auto there = installed.find(step.path);
  if (there != installed.end()) step.installed = there->second.version;
  step.action = action_for(ours, there == installed.end() ? nullptr : &there->second);
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  body.Accept(writer);
  step.body.assign(out.GetString(), out.GetSize());
  return step;
}

}  // namespace

Result<void> read_installed(const std::string& json, InstalledTemplates& installed) {
  dom::parser parser;
  dom::element answer;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS)
    return malformed("a list of templates is no JSON");
  struct Kind {
    std::string_view folder, list, body;
  };
  constexpr Kind kinds[] = {{component_folder, "component_templates", "component_template"},
                            {index_folder, "index_templates", "index_template"}};
  for (const Kind& kind : kinds) {
    dom::array list;
    if (answer[kind.list].get(list) != simdjson::SUCCESS) continue;
    for (const dom::element entry : list) {
      std::string_view name;
      dom::element body;
      if (entry["name"].get(name) != simdjson::SUCCESS ||
          entry[kind.body].get(body) != simdjson::SUCCESS) {
        return malformed("a list of templates names one without its body");
      }
      installed[path_of(kind.folder, name)] = facts_of(body);
    }
  }
  return {};
}

Result<std::vector<SetupStep>> plan_templates(std::span<const embedded::File> files, int replicas,
                                              const InstalledTemplates& installed) {
  std::vector<SetupStep> steps;
  for (const std::string_view folder : {component_folder, index_folder}) {
    for (const embedded::File& file : files) {
      if (!file.name.starts_with(folder)) continue;
      auto step = plan_template(folder, file, replicas, installed);
      if (!step) return step.error();
      steps.push_back(*std::move(step));
    }
  }
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
    return malformed("the answer about " + std::string(state_index) + " is no JSON object");
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
