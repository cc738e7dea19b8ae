#include "elastic/abilities.hpp"

#include <simdjson.h>

#include <charconv>
#include <tuple>

namespace billow::elastic {
namespace {

std::pair<int, int> major_minor(std::string_view version) {
  int major = -1;
  int minor = -1;
  const char* const end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return {-1, -1};
  if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc{}) return {-1, -1};
  return {major, minor};
}

}  // namespace

bool version_at_least(std::string_view version, int major, int minor) {
  return major_minor(version) >= std::pair(major, minor);
}

std::string read_license(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element license;
  std::string_view type;
  if (parser.parse(json)["license"].get(license) != simdjson::SUCCESS ||
      license["type"].get(type) != simdjson::SUCCESS)
    return {};
  std::string told(type);
  std::string_view status;
  if (license["status"].get(status) == simdjson::SUCCESS && status != "active")
    told.append(", ").append(status);
  return told;
}

Result<NodeFacts> read_nodes(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object nodes;
  if (parser.parse(json)["nodes"].get(nodes) != simdjson::SUCCESS) {
    return Error{Errc::malformed, "the answer to GET /_nodes holds no nodes"};
  }
  NodeFacts facts;
  for (const auto& node : nodes) {
    std::string_view version;
    if (node.value["version"].get(version) == simdjson::SUCCESS &&
        (facts.version.empty() || major_minor(version) < major_minor(facts.version))) {
      facts.version = version;
    }
    simdjson::dom::array roles;
    if (node.value["roles"].get(roles) != simdjson::SUCCESS) continue;
    for (const auto& role : roles) {
      std::string_view name;
      if (role.get(name) == simdjson::SUCCESS && name == "transform") facts.transform_node = true;
    }
  }
  return facts;
}

}  // namespace billow::elastic
