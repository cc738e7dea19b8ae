#include "elastic/json_paths.hpp"

#include <simdjson.h>

#include <algorithm>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

void collect(const std::string& path, dom::element value, JsonPaths& paths) {
  dom::object object;
  if (value.get(object) == simdjson::SUCCESS) {
    for (const auto& member : object)
      collect((path.empty() ? "" : path + ".") + std::string(member.key), member.value, paths);
    return;
  }
  std::string_view text;
  paths[path] = value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
}

/// The texts in an asset that say why something is there.
bool is_reason(const std::string& path) {
  return path.starts_with("_meta.reasons.") || path.starts_with("metadata.reasons.");
}

}  // namespace

JsonPaths json_paths(const std::string& json) {
  JsonPaths paths;
  dom::parser parser;
  dom::element root;
  if (parser.parse(json).get(root) == simdjson::SUCCESS && root.is_object())
    collect("", root, paths);
  return paths;
}

std::vector<std::string> differences(const JsonPaths& before, const JsonPaths& after) {
  std::map<std::string, std::string> lines;
  for (const auto& [path, value] : after) {
    if (is_reason(path)) continue;
    const auto there = before.find(path);
    if (there == before.end()) {
      lines[path] = "+ " + path + ": " + value;
    } else if (there->second != value) {
      lines[path] = "~ " + path + ": " + there->second + " -> " + value;
    }
  }
  for (const auto& [path, value] : before) {
    if (!after.contains(path) && !is_reason(path)) lines[path] = "- " + path + ": " + value;
  }
  std::vector<std::string> sorted;
  sorted.reserve(lines.size());
  for (auto& [path, line] : lines) sorted.push_back(std::move(line));
  return sorted;
}

}  // namespace billow::elastic
