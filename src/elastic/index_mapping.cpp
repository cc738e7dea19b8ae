#include "elastic/index_mapping.hpp"

#include "elastic/answer.hpp"
#include "elastic/json_paths.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <utility>

namespace billow::elastic {
namespace {

using rapidjson::Value;

constexpr std::string_view index_folder = "index/";

const Value* member(const Value& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

/// A template of one index: its name, its version and the fields it maps.
struct SingleIndex {
  std::string name;
  int version = 0;
  rapidjson::Document body;

  const Value* properties() const {
    const Value* made = member(body, "template");
    const Value* mappings = made == nullptr ? nullptr : member(*made, "mappings");
    return mappings == nullptr ? nullptr : member(*mappings, "properties");
  }
};

std::optional<SingleIndex> read_single(const embedded::File& file) {
  if (!file.name.starts_with(index_folder)) return std::nullopt;
  SingleIndex index;
  index.body.Parse(file.text.data(), file.text.size());
  if (index.body.HasParseError()) return std::nullopt;
  const Value* patterns = member(index.body, "index_patterns");
  const Value* version = member(index.body, "version");
  const bool one = patterns != nullptr && patterns->IsArray() && patterns->Size() == 1 &&
                   (*patterns)[0].IsString() && version != nullptr && version->IsInt();
  if (!one) return std::nullopt;
  index.name = (*patterns)[0].GetString();
  index.version = version->GetInt();
  if (index.name.find('*') != std::string::npos || index.properties() == nullptr)
    return std::nullopt;
  return index;
}

/// Copies into `lacking` what `ours` maps and `theirs` does not; `theirs` may be null.
void find_lacking(const Value& ours, const Value* theirs, Value& lacking,
                  rapidjson::Document::AllocatorType& memory) {
  for (const auto& field : ours.GetObject()) {
    const Value* there = theirs == nullptr ? nullptr : member(*theirs, field.name.GetString());
    Value copy;
    if (there == nullptr) {
      copy.CopyFrom(field.value, memory);
    } else {
      const Value* inner = member(field.value, "properties");
      if (inner == nullptr || member(*there, "type") != nullptr) continue;
      Value inside(rapidjson::kObjectType);
      find_lacking(*inner, member(*there, "properties"), inside, memory);
      if (inside.ObjectEmpty()) continue;
      copy.SetObject();
      copy.AddMember("properties", inside, memory);
    }
    Value name(field.name, memory);
    lacking.AddMember(name, copy, memory);
  }
}

SetupStep plan_one(const SingleIndex& index, const Value& mappings) {
  SetupStep step;
  step.action = SetupStep::Action::unchanged;
  step.method = "PUT";
  step.path = "/" + index.name + "/_mapping";
  step.version = index.version;
  step.installed = index.version;
  rapidjson::Document body(rapidjson::kObjectType);
  Value lacking(rapidjson::kObjectType);
  find_lacking(*index.properties(), member(mappings, "properties"), lacking, body.GetAllocator());
  if (lacking.ObjectEmpty()) return step;
  step.action = SetupStep::Action::upgrade;
  step.installed = 0;
  body.AddMember("properties", lacking, body.GetAllocator());
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  body.Accept(writer);
  step.body.assign(out.GetString(), out.GetSize());
  step.changes = differences({}, json_paths(step.body));
  return step;
}

}  // namespace

std::string single_indices(std::span<const embedded::File> files) {
  std::string names;
  for (const embedded::File& file : files)
    if (const auto index = read_single(file)) names += (names.empty() ? "" : ",") + index->name;
  return names;
}

Result<std::vector<SetupStep>> plan_mappings(std::span<const embedded::File> files,
                                             std::string_view answer) {
  rapidjson::Document document;
  document.Parse(answer.data(), answer.size());
  if (document.HasParseError() || !document.IsObject())
    return Error{Errc::malformed, "the mappings of the indices are no JSON object"};
  std::vector<SetupStep> steps;
  for (const embedded::File& file : files) {
    const auto index = read_single(file);
    if (!index) continue;
    const Value* found = member(document, index->name.c_str());
    const Value* mappings = found == nullptr ? nullptr : member(*found, "mappings");
    if (mappings != nullptr) steps.push_back(plan_one(*index, *mappings));
  }
  return steps;
}

Task<std::vector<SetupStep>> plan_mappings(Cluster& cluster) {
  const std::string path = "/" + single_indices(embedded::es_templates()) +
                           "/_mapping?ignore_unavailable=true&allow_no_indices=true";
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return plan_mappings(embedded::es_templates(), response->body);
}

}  // namespace billow::elastic
