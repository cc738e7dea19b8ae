#include "daemon/config_node.hpp"

#include "daemon/config_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace billow::daemon {
namespace {

using std::chrono::milliseconds;

/// What a value is, in words of a person who never read the YAML specification.
std::string kind_of(const YAML::Node& node) {
  if (node.IsMap()) return "a block of keys";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "empty";
  return "'" + node.Scalar() + "'";
}

/// yaml-cpp marks plain scalars "?" and quoted ones "!": a quoted "true" is a text.
bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

}  // namespace

void ConfigNode::fail(std::string what) const {
  const YAML::Mark mark = node_.Mark();
  problems_->push_back({mark.line + 1, mark.column + 1, path_, std::move(what)});
}

std::optional<std::string> ConfigNode::text() const {
  if (!node_.IsScalar() || node_.Scalar().empty()) {
    fail(
        fmt::format("is {}; expected a text", node_.IsScalar() ? "an empty text" : kind_of(node_)));
    return std::nullopt;
  }
  return node_.Scalar();
}

std::optional<bool> ConfigNode::boolean() const {
  if (node_.IsScalar() && !is_quoted(node_)) {
    if (node_.Scalar() == "true") return true;
    if (node_.Scalar() == "false") return false;
  }
  fail(fmt::format("is {}{}; expected true or false", kind_of(node_),
                   is_quoted(node_) ? " in quotes" : ""));
  return std::nullopt;
}

std::optional<std::int64_t> ConfigNode::integer(std::int64_t min, std::int64_t max) const {
  if (node_.IsScalar() && !is_quoted(node_)) {
    const std::string& text = node_.Scalar();
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed == std::errc{} && end == text.data() + text.size() && value >= min && value <= max)
      return value;
  }
  fail(fmt::format("is {}{}; expected a whole number from {} to {}", kind_of(node_),
                   is_quoted(node_) ? " in quotes" : "", min, max));
  return std::nullopt;
}

std::optional<milliseconds> ConfigNode::duration(milliseconds min, milliseconds max) const {
  const auto value = node_.IsScalar() ? parse_duration(node_.Scalar()) : std::nullopt;
  if (!value) {
    fail(fmt::format("is {}; expected a duration with its unit, such as 90s, 15m, 1h or 1d",
                     kind_of(node_)));
    return std::nullopt;
  }
  if (*value < min || *value > max) {
    fail(fmt::format("is {}; expected a duration from {} to {}", kind_of(node_),
                     format_duration(min), format_duration(max)));
    return std::nullopt;
  }
  return value;
}

std::optional<std::size_t> ConfigNode::size(std::size_t min, std::size_t max) const {
  const auto value = node_.IsScalar() ? parse_size(node_.Scalar()) : std::nullopt;
  if (!value) {
    fail(fmt::format("is {}; expected a size with its unit, such as 512KiB or 5MiB",
                     kind_of(node_)));
    return std::nullopt;
  }
  if (*value < min || *value > max) {
    fail(fmt::format("is {}; expected a size from {} to {}", kind_of(node_), format_size(min),
                     format_size(max)));
    return std::nullopt;
  }
  return value;
}

std::optional<std::size_t> ConfigNode::choice(const std::vector<std::string>& words) const {
  if (node_.IsScalar()) {
    const auto found = std::find(words.begin(), words.end(), node_.Scalar());
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  const std::string likely = node_.IsScalar() ? nearest(node_.Scalar(), words) : "";
  fail(fmt::format("is {}; expected {}{}", kind_of(node_), either(words),
                   likely.empty() ? "" : fmt::format(" (did you mean {}?)", likely)));
  return std::nullopt;
}

std::vector<ConfigNode> ConfigNode::items() const {
  std::vector<ConfigNode> all;
  for (const YAML::Node& item : node_)
    all.emplace_back(item, fmt::format("{}[{}]", path_, all.size()), *problems_);
  return all;
}

ConfigNode ConfigNode::child(const YAML::Node& node, const std::string& name) const {
  return {node, path_.empty() ? name : path_ + "." + name, *problems_};
}

ConfigMap::ConfigMap(const ConfigNode& node) : node_(node) {
  if (!node.is_map()) {
    node.fail(fmt::format("is {}; expected a block of keys", kind_of(node.node_)));
    return;
  }
  for (const auto& pair : node.node_)
    entries_.push_back(
        {pair.first.IsScalar() ? pair.first.Scalar() : "?", pair.first, pair.second});
}

std::optional<ConfigNode> ConfigMap::find(const std::string& key) {
  known_.push_back(key);
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&key](const Entry& candidate) { return candidate.key == key; });
  if (entry == entries_.end()) return std::nullopt;
  // An empty value has no place of its own in the file: it is where its key is.
  if (entry->value.IsNull()) {
    node_.child(entry->key_node, key).fail("has no value; give it one or take the line out");
    return std::nullopt;
  }
  return node_.child(entry->value, key);
}

std::optional<ConfigNode> ConfigMap::require(const std::string& key, const std::string& expected) {
  const bool there = std::any_of(entries_.begin(), entries_.end(),
                                 [&key](const Entry& candidate) { return candidate.key == key; });
  if (!there && node_.is_map()) node_.fail(fmt::format("has no '{}'; expected {}", key, expected));
  return find(key);
}

void ConfigMap::finish() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const ConfigNode place = node_.child(entry.key_node, entry.key);
    const bool twice =
        std::any_of(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(i),
                    [&entry](const Entry& before) { return before.key == entry.key; });
    if (twice) place.fail("stands here a second time; expected every key once");
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::string likely = nearest(entry.key, known_);
    place.fail(likely.empty() ? fmt::format("is unknown; expected {}", either(known_))
                              : fmt::format("is unknown; did you mean {}?", likely));
  }
}

}  // namespace billow::daemon
