#include "feed/definition.hpp"

#include "base/embedded.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace billow::feed {
namespace {

using namespace std::string_view_literals;

/// One key of the vocabulary and the values it may have; none listed: any text.
struct Key {
  std::string_view name;
  std::span<const std::string_view> values;
};

constexpr std::array stabilities = {"alpha"sv, "beta"sv, "stable"sv};
constexpr std::array deliveries = {"full"sv, "window"sv, "delta"sv};
constexpr std::array fetches = {"data_exports"sv, "elastic_cloud"sv};
constexpr std::array decoders = {"csv"sv, "json"sv};
constexpr std::array normalizers = {"aws_cur2"sv, "aws_focus"sv, "elastic_cloud"sv};

constexpr std::array<Key, 6> keys = {{{"description", {}},
                                      {"stability", stabilities},
                                      {"delivery", deliveries},
                                      {"fetch", fetches},
                                      {"decode", decoders},
                                      {"normalizer", normalizers}}};

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::string at(const YAML::Node& node) {
  return "line " + std::to_string(node.Mark().line + 1) + ": ";
}

/// Collects the values by key, wrong ones too, and what is wrong with them.
void read_entry(const YAML::Node& name, const YAML::Node& value,
                std::map<std::string, std::string>& found, std::vector<std::string>& faults) {
  const std::string key_name = name.IsScalar() ? name.Scalar() : std::string();
  const auto key =
      std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == key_name; });
  if (key == keys.end()) {
    faults.push_back(at(name) + "unknown key '" + key_name + "'");
    return;
  }
  const std::string text = value.IsScalar() ? value.Scalar() : std::string();
  if (!found.emplace(key_name, text).second) {
    faults.push_back(at(name) + key_name + " is given twice");
  } else if (text.empty()) {
    faults.push_back(at(value) + key_name + " must be a text");
  } else if (!key->values.empty() &&
             std::find(key->values.begin(), key->values.end(), text) == key->values.end()) {
    faults.push_back(at(value) + key_name + " is '" + text +
                     "', expected one of: " + joined(key->values));
  }
}

DeliveryKind delivery_of(std::string_view text) {
  if (text == "window") return DeliveryKind::window;
  return text == "delta" ? DeliveryKind::delta : DeliveryKind::full;
}

/// The manifest of a data export names no days, and of those of a period only the newest counts.
void check_delivery(std::map<std::string, std::string>& found, std::vector<std::string>& faults) {
  const std::string& delivery = found["delivery"];
  if (found["fetch"] != "data_exports" || (delivery != "window" && delivery != "delta")) return;
  faults.push_back("delivery is '" + delivery +
                   "', but what data_exports fetches states a period as a whole: expected full");
}

Error malformed(std::string_view kind, std::span<const std::string> faults) {
  std::string text = std::string(kind) + "/feed.yml: ";
  for (std::size_t i = 0; i < faults.size(); ++i) text += (i == 0 ? "" : "; ") + faults[i];
  return {Errc::malformed, text};
}

}  // namespace

Result<Definition> parse_definition(std::string_view kind, std::string_view yaml) {
  std::vector<std::string> faults;
  std::map<std::string, std::string> found;
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (!root.IsMap()) return malformed(kind, std::array{std::string("is not a map of keys")});
    for (const auto& entry : root) read_entry(entry.first, entry.second, found, faults);
  } catch (const YAML::Exception& e) {
    return malformed(kind, std::array{std::string(e.what())});
  }
  for (const Key& key : keys) {
    if (!found.contains(std::string(key.name)))
      faults.push_back("key '" + std::string(key.name) + "' is missing");
  }
  check_delivery(found, faults);
  if (!faults.empty()) return malformed(kind, faults);
  return Definition{.kind = std::string(kind),
                    .description = found["description"],
                    .stability = found["stability"],
                    .delivery = delivery_of(found["delivery"]),
                    .fetch = found["fetch"],
                    .decode = found["decode"],
                    .normalizer = found["normalizer"]};
}

std::vector<Definition> definitions() {
  constexpr std::string_view suffix = "/feed.yml";
  std::vector<Definition> all;
  for (const embedded::File& file : embedded::ingest()) {
    if (!file.name.ends_with(suffix)) continue;
    // A built-in definition that cannot be read is a mistake of ours: a test reads them all.
    auto definition =
        parse_definition(file.name.substr(0, file.name.size() - suffix.size()), file.text);
    if (definition) all.push_back(*std::move(definition));
  }
  std::sort(all.begin(), all.end(),
            [](const Definition& a, const Definition& b) { return a.kind < b.kind; });
  return all;
}

Result<Definition> find_definition(std::string_view kind) {
  std::string known;
  for (Definition& definition : definitions()) {
    if (definition.kind == kind) return std::move(definition);
    known += (known.empty() ? "" : ", ") + definition.kind;
  }
  return Error{Errc::not_found,
               "there is no feed kind '" + std::string(kind) + "'; known are: " + known};
}

}  // namespace billow::feed
