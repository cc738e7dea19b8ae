#include "elastic/index_shape.hpp"

#include "elastic/index_family.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

namespace billow::elastic {
namespace {

using rapidjson::Document;
using rapidjson::Value;
using Memory = Document::AllocatorType;

constexpr std::string_view index_path = "/_index_template/";
constexpr std::string_view component_path = "/_component_template/";

/// What of a field's mapping only a new index can change, and what Elasticsearch takes it for where
/// it is not written.
constexpr std::array<std::pair<const char*, const char*>, 5> fixed = {{{"type", "object"},
                                                                       {"enabled", "true"},
                                                                       {"index", "true"},
                                                                       {"doc_values", "true"},
                                                                       {"format", ""}}};

const Value* member(const Value* object, const char* name) {
  if (object == nullptr || !object->IsObject()) return nullptr;
  const auto found = object->FindMember(name);
  return found == object->MemberEnd() ? nullptr : &found->value;
}

std::string text_of(const Value& value) {
  if (value.IsString()) return value.GetString();
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

std::string text_of(const Value& mapping, const char* name, const char* otherwise) {
  const Value* value = member(&mapping, name);
  return value == nullptr ? otherwise : text_of(*value);
}

/// What a template or a component will be once the steps are done; none where nobody has it.
Document body_of(const std::string& path, const std::vector<SetupStep>& steps,
                 const Installed& installed) {
  Document body;
  const auto there = installed.find(path);
  const std::string* text = there == installed.end() ? nullptr : &there->second.body;
  for (const SetupStep& step : steps) {
    if (step.path == path && step.action != SetupStep::Action::newer) text = &step.body;
  }
  if (text != nullptr) body.Parse(text->data(), text->size());
  if (body.HasParseError()) body.SetNull();
  return body;
}

/// As Elasticsearch composes templates: a later one replaces fields of an earlier one.
void merge(Value& into, const Value& from, Memory& memory) {
  for (const auto& field : from.GetObject()) {
    const auto there = into.FindMember(field.name);
    if (there == into.MemberEnd()) {
      into.AddMember(Value(field.name, memory), Value(field.value, memory), memory);
      continue;
    }
    const Value* inner = member(&field.value, "properties");
    const auto ours = there->value.FindMember("properties");
    if (inner != nullptr && ours != there->value.MemberEnd())
      merge(ours->value, *inner, memory);
    else
      there->value.CopyFrom(field.value, memory);
  }
}

/// The fields of all parts of an index template.
struct Shape {
  std::vector<std::string> prefixes;  ///< of the indices it serves
  Document fields{rapidjson::kObjectType};
  std::string dynamic = "true";

  void take(const Value& body) {
    const Value* mappings = member(member(&body, "template"), "mappings");
    const Value* properties = member(mappings, "properties");
    if (properties != nullptr) merge(fields, *properties, fields.GetAllocator());
    if (mappings != nullptr) dynamic = text_of(*mappings, "dynamic", dynamic.c_str());
  }
  bool serves(std::string_view index) const {
    for (const std::string& prefix : prefixes)
      if (index.starts_with(prefix)) return true;
    return false;
  }
};

std::vector<std::string> patterns_of(const Value& body) {
  std::vector<std::string> patterns;
  const Value* list = member(&body, "index_patterns");
  if (list == nullptr || !list->IsArray()) return patterns;
  for (const Value& pattern : list->GetArray()) {
    if (pattern.IsString() && std::string_view(pattern.GetString()).ends_with('*'))
      patterns.emplace_back(pattern.GetString());
  }
  return patterns;
}

/// Adds the fields of `ours` to which `theirs` gives another type.
void find_retyped(const Value& ours, const Value& theirs, const std::string& path,
                  std::set<std::string>& found) {
  for (const auto& field : theirs.GetObject()) {
    const Value* own = member(&ours, field.name.GetString());
    if (own == nullptr) continue;
    const std::string name = path + field.name.GetString();
    const std::string type = text_of(field.value, "type", "object");
    const std::string our_type = text_of(*own, "type", "object");
    const std::string format = text_of(field.value, "format", "");
    const std::string own_format = text_of(*own, "format", "");
    if (type != our_type)
      found.insert(name + " as " + type + ", not " + our_type);
    else if (text_of(field.value, "enabled", "true") != text_of(*own, "enabled", "true"))
      found.insert(name + " with another 'enabled'");
    else if (format != own_format)
      found.insert(name + " with another format");
    const Value* inner = member(&field.value, "properties");
    const Value* own_inner = member(own, "properties");
    if (inner != nullptr && own_inner != nullptr)
      find_retyped(*own_inner, *inner, name + ".", found);
  }
}

std::vector<Shape> shapes_of(const std::vector<SetupStep>& steps, const Installed& installed) {
  std::vector<Shape> shapes;
  for (const SetupStep& step : steps) {
    if (!step.path.starts_with(index_path)) continue;
    const Document body = body_of(step.path, steps, installed);
    Shape shape;
    for (std::string& pattern : patterns_of(body)) {
      pattern.pop_back();
      shape.prefixes.push_back(std::move(pattern));
    }
    if (shape.prefixes.empty()) continue;
    if (const Value* components = member(&body, "composed_of")) {
      for (const Value& name : components->GetArray())
        shape.take(body_of(std::string(component_path) + name.GetString(), steps, installed));
    }
    shape.take(body);
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

/// A sentence for each read alias that a component gives to the indices it shapes. `indices`: of
/// shaped_indices().
std::vector<std::string> aliases_given(const Value& component, std::string_view indices) {
  std::vector<std::string> told;
  const Value* aliases = member(member(&component, "template"), "aliases");
  if (aliases == nullptr || !aliases->IsObject()) return told;
  for (const auto& alias : aliases->GetObject()) {
    const std::string name = alias.name.GetString();
    if (is_read_alias(name, indices))
      told.push_back("billow@custom gives new indices the alias " + name +
                     ": readers would see what is not published");
  }
  return told;
}

/// A sentence for each way in which a component keeps documents other than as they were sent.
std::vector<std::string> sources_changed(const Value& component) {
  std::vector<std::string> told;
  const Value* const shaped = member(&component, "template");
  const Value* const index = member(member(shaped, "settings"), "index");
  const Value* const kept = member(member(shaped, "mappings"), "_source");
  const auto tell = [&told](const std::string& what) {
    told.push_back("billow@custom sets " + what +
                   ": documents would not be kept as they were sent, digit by digit");
  };
  const auto tell_unless = [&tell](const Value* value, const std::string& name,
                                   std::string_view usual) {
    if (value != nullptr && value->IsString() && value->GetString() != usual)
      tell(name + " to " + value->GetString());
  };
  tell_unless(member(index, "mode"), "index.mode", "standard");
  tell_unless(member(member(member(index, "mapping"), "source"), "mode"),
              "index.mapping.source.mode", "stored");
  tell_unless(member(kept, "mode"), "_source.mode", "stored");
  const Value* const enabled = member(kept, "enabled");
  if (enabled != nullptr && (enabled->IsFalse() || text_of(*enabled) == R"("false")"))
    tell("_source.enabled to false");
  for (const char* const name : {"includes", "excludes"}) {
    const Value* const fields = member(kept, name);
    if (fields != nullptr && !(fields->IsArray() && fields->Empty()))
      tell(std::string("_source.") + name);
  }
  return told;
}

/// How the mapping of an index differs from a shape.
class ShapeComparison {
 public:
  ShapeComparison() : lacking(rapidjson::kObjectType) {}

  Document lacking;                  ///< fields that can be added
  std::vector<std::string> added;    ///< these, for people
  std::vector<std::string> changed;  ///< what only a new index can change

  void fields(const Value& wanted, const Value* there, const std::string& path, Value& lacks) {
    for (const auto& field : wanted.GetObject()) {
      const std::string name = path + field.name.GetString();
      const Value* found = member(there, field.name.GetString());
      if (found == nullptr) {
        add(field.name, field.value, lacks);
        added.push_back("+ " + name + ": " + text_of(field.value));
      } else {
        this->field(field.name, field.value, *found, name, lacks);
      }
    }
  }
  void dynamic(const Shape& shape, const Value& mappings) {
    const std::string there = text_of(mappings, "dynamic", "true");
    if (there != shape.dynamic) changed.push_back("~ dynamic: " + there + " -> " + shape.dynamic);
  }

 private:
  void field(const Value& key, const Value& wanted, const Value& found, const std::string& name,
             Value& lacks) {
    bool same = true;
    for (const auto& [what, otherwise] : fixed) {
      const std::string before = text_of(found, what, otherwise);
      const std::string after = text_of(wanted, what, otherwise);
      if (before == after) continue;
      changed.push_back("~ " + name + "." + what + ": " + before + " -> " + after);
      same = false;
    }
    const Value* inner = member(&wanted, "properties");
    if (!same || inner == nullptr) return;
    Value inside(rapidjson::kObjectType);
    fields(*inner, member(&found, "properties"), name + ".", inside);
    if (inside.ObjectEmpty()) return;
    Value object(rapidjson::kObjectType);
    object.AddMember("properties", inside, lacking.GetAllocator());
    add(key, object, lacks);
  }
  void add(const Value& key, const Value& value, Value& lacks) {
    Memory& memory = lacking.GetAllocator();
    lacks.AddMember(Value(key, memory), Value(value, memory), memory);
  }
};

/// nullopt: there is nothing to do.
std::optional<SetupStep> plan_one(const std::string& index, const Value& mappings,
                                  const Shape& shape) {
  ShapeComparison found;
  Value lacking(rapidjson::kObjectType);
  found.fields(shape.fields, member(&mappings, "properties"), "", lacking);
  found.dynamic(shape, mappings);
  const Value* meta = member(&mappings, "_meta");
  const Value* mark = member(meta, outdated_mark);
  const bool marked = mark != nullptr && mark->IsTrue();
  const bool outdated = !found.changed.empty();
  if (!outdated && !marked && lacking.ObjectEmpty()) return std::nullopt;
  SetupStep step;
  step.action = outdated ? SetupStep::Action::move : SetupStep::Action::upgrade;
  step.method = "PUT";
  step.path = "/" + index + "/_mapping";
  step.version = 1;
  step.installed = marked ? 1 : 0;
  step.changes = std::move(outdated ? found.changed : found.added);
  Document body(rapidjson::kObjectType);
  Memory& memory = body.GetAllocator();
  Value kept(rapidjson::kObjectType);
  if (meta != nullptr && meta->IsObject()) kept.CopyFrom(*meta, memory);
  kept.RemoveMember(outdated_mark);
  if (outdated) kept.AddMember(rapidjson::StringRef(outdated_mark), true, memory);
  if (outdated || marked) body.AddMember("_meta", kept, memory);
  if (!outdated && !lacking.ObjectEmpty()) body.AddMember("properties", lacking, memory);
  step.body = text_of(body);
  return step;
}

}  // namespace

std::string shaped_indices(const std::vector<SetupStep>& steps) {
  std::string names;
  for (const SetupStep& step : steps) {
    if (!step.path.starts_with(index_path)) continue;
    Document body;
    body.Parse(step.body.data(), step.body.size());
    for (const std::string& pattern : patterns_of(body))
      names += (names.empty() ? "" : ",") + pattern;
  }
  return names;
}

bool is_read_alias(std::string_view alias, std::string_view indices) {
  const std::string pattern = std::string(alias) + "-*";
  return ("," + std::string(indices) + ",").find("," + pattern + ",") != std::string::npos;
}

std::vector<std::string> custom_conflicts(const std::vector<SetupStep>& steps,
                                          const Installed& installed) {
  const Document custom = body_of(std::string(custom_component), steps, installed);
  std::vector<std::string> told = aliases_given(custom, shaped_indices(steps));
  std::ranges::move(sources_changed(custom), std::back_inserter(told));
  const Value* theirs = member(member(member(&custom, "template"), "mappings"), "properties");
  std::set<std::string> found;
  if (theirs == nullptr || !theirs->IsObject()) return told;
  for (const SetupStep& step : steps) {
    if (!step.path.starts_with(index_path)) continue;
    const Document body = body_of(step.path, steps, installed);
    const Value* components = member(&body, "composed_of");
    if (components == nullptr) continue;
    Shape ours;
    bool customized = false;
    for (const Value& name : components->GetArray()) {
      const std::string path = std::string(component_path) + name.GetString();
      customized = customized || path == custom_component;
      if (path != custom_component) ours.take(body_of(path, steps, installed));
    }
    ours.take(body);
    if (customized) find_retyped(ours.fields, *theirs, "", found);
  }
  for (const std::string& field : found)
    told.push_back("billow@custom maps " + field + ": Billow's own fields cannot be changed there");
  return told;
}

Result<std::vector<SetupStep>> plan_shapes(const std::vector<SetupStep>& steps,
                                           const Installed& installed, std::string_view answer) {
  Document indices;
  indices.Parse(answer.data(), answer.size());
  if (indices.HasParseError() || !indices.IsObject())
    return Error{Errc::malformed, "the mappings of the indices are no JSON object"};
  const std::vector<Shape> shapes = shapes_of(steps, installed);
  std::vector<SetupStep> planned;
  for (const auto& index : indices.GetObject()) {
    const Value* mappings = member(&index.value, "mappings");
    if (mappings == nullptr) continue;
    for (const Shape& shape : shapes) {
      if (!shape.serves(index.name.GetString())) continue;
      auto step = plan_one(index.name.GetString(), *mappings, shape);
      if (step) planned.push_back(*std::move(step));
      break;
    }
  }
  return planned;
}

}  // namespace billow::elastic
