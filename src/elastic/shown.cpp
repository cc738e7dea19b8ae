#include "elastic/shown.hpp"

#include "elastic/answer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

Error not_an_object() { return {Errc::malformed, "the answer about aliases is no JSON object"}; }

/// True when an object has no member but these.
bool has_only(dom::element element, std::initializer_list<std::string_view> names) {
  dom::object members;
  if (element.get(members) != simdjson::SUCCESS) return false;
  for (const auto& member : members) {
    if (std::find(names.begin(), names.end(), member.key) == names.end()) return false;
  }
  return true;
}

bool read_filter(dom::element filter, Visible& visible) {
  dom::element query;
  dom::array clauses;
  if (!has_only(filter, {"bool"}) || filter["bool"].get(query) != simdjson::SUCCESS) return false;
  if (!has_only(query, {"_name", "filter"}) || query["filter"].get(clauses) != simdjson::SUCCESS)
    return false;
  std::string_view name;
  if (query["_name"].get(name) == simdjson::SUCCESS) visible.delivery_id = name;
  dom::element clause;
  dom::element terms;
  dom::array ids;
  if (clauses.size() != 1 || clauses.at(0).get(clause) != simdjson::SUCCESS) return false;
  if (!has_only(clause, {"terms"}) || clause["terms"].get(terms) != simdjson::SUCCESS) return false;
  if (!has_only(terms, {"x_SliceId"}) || terms["x_SliceId"].get(ids) != simdjson::SUCCESS)
    return false;
  for (const dom::element id : ids) {
    std::string_view text;
    if (id.get(text) != simdjson::SUCCESS) return false;
    visible.slice_ids.emplace_back(text);
  }
  std::sort(visible.slice_ids.begin(), visible.slice_ids.end());
  return true;
}

ShownIndex read_index(std::string_view index, dom::element alias) {
  ShownIndex shown;
  shown.visible.index = index;
  dom::element filter;
  if (alias["filter"].get(filter) != simdjson::SUCCESS) {
    shown.foreign = "the alias has no filter: readers see every line of the index";
  } else if (!read_filter(filter, shown.visible)) {
    shown.foreign = "the alias has a filter that Billow did not write";
  } else if (!has_only(alias, {"filter"})) {
    shown.foreign = "the alias has settings besides its filter, such as a routing";
  }
  return shown;
}

}  // namespace

Result<std::vector<ShownIndex>> read_shown_answer(const std::string& json) {
  dom::parser parser;
  dom::object indices;
  if (parser.parse(json).get(indices) != simdjson::SUCCESS) return not_an_object();
  std::vector<ShownIndex> shown;
  for (const auto& entry : indices) {
    dom::element alias;
    if (entry.value["aliases"][charges_alias].get(alias) == simdjson::SUCCESS)
      shown.push_back(read_index(entry.key, alias));
  }
  std::sort(shown.begin(), shown.end(), [](const ShownIndex& a, const ShownIndex& b) {
    return a.visible.index < b.visible.index;
  });
  return shown;
}

Result<std::map<std::string, std::uint64_t>> read_tokens_answer(const std::string& json) {
  constexpr std::string_view prefix = "billow-epoch-";
  dom::parser parser;
  dom::object indices;
  if (parser.parse(json).get(indices) != simdjson::SUCCESS) return not_an_object();
  std::map<std::string, std::uint64_t> tokens;
  for (const auto& entry : indices) {
    dom::object aliases;
    if (entry.value["aliases"].get(aliases) != simdjson::SUCCESS) continue;
    for (const auto& alias : aliases) {
      std::string_view name = alias.key;
      const std::size_t dash = name.rfind('-');
      if (!name.starts_with(prefix) || dash < prefix.size()) continue;
      std::uint64_t number = 0;
      const char* const end = name.data() + name.size();
      const auto read = std::from_chars(name.data() + dash + 1, end, number);
      if (read.ec != std::errc{} || read.ptr != end) continue;
      std::uint64_t& token = tokens[std::string(name.substr(prefix.size(), dash - prefix.size()))];
      token = std::max(token, number);
    }
  }
  return tokens;
}

namespace {

Task<std::vector<ShownIndex>> read_shown_at(Cluster& cluster, std::string path) {
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return std::vector<ShownIndex>{};
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return read_shown_answer(response->body);
}

}  // namespace

Task<std::vector<ShownIndex>> read_shown(Cluster& cluster) {
  return read_shown_at(cluster, "/_alias/" + std::string(charges_alias));
}

Task<ShownIndex> read_shown_of(Cluster& cluster, std::string index) {
  const std::string path = "/" + index + "/_alias/" + std::string(charges_alias);
  auto shown = co_await read_shown_at(cluster, path);
  if (!shown) co_return shown.error();
  ShownIndex found;
  found.visible.index = index;
  if (!shown->empty()) found = std::move(shown->front());
  co_return found;
}

Task<std::map<std::string, std::uint64_t>> read_tokens(Cluster& cluster) {
  const std::string path = "/" + std::string(state_index) + "/_alias/billow-epoch-*";
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return std::map<std::string, std::uint64_t>{};
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return read_tokens_answer(response->body);
}

}  // namespace billow::elastic
