#include "daemon/config_node.hpp"

#include "daemon/config_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace billow::daemon {
namespace {

using std::chrono::milliseconds;

/// What stands before the '@' of a URL may be a password, and a password may hold any character,
/// '@' itself too. A query may hold a key.
std::string without_secrets(std::string text) {
  if (const std::size_t at = text.rfind('@'); at != std::string::npos) {
    const std::size_t scheme = text.find("://");
    const bool has_scheme = scheme < at && text.find_first_of(":/?@") == scheme;
    const std::size_t begin = has_scheme ? scheme + 3 : 0;
    text.replace(begin, at - begin, "***");
  }
  const std::size_t query = text.find('?');
  if (query < text.size() - 1) text.replace(query + 1, std::string::npos, "***");
  return text;
}

/// yaml-cpp marks plain scalars "?" and quoted ones "!": a quoted "true" is a text.
bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

}  // namespace

void ConfigNode::fail(std::string what) const {
  const YAML::Mark mark = node_.Mark();
  problems_->push_back({mark.line + 1, mark.column + 1, path_, std::move(what)});
}

std::string ConfigNode::shown() const {
  if (node_.IsMap()) return "a block of keys";
  if (node_.IsSequence()) return "a list";
  if (node_.IsNull()) return "empty";
  return "'" + without_secrets(node_.Scalar()) + "'";
}

std::optional<std::string> ConfigNode::text() const {
  if (!node_.IsScalar() || node_.Scalar().empty()) {
    fail(fmt::format("is {}; expected a text", node_.IsScalar() ? "an empty text" : shown()));
    return std::nullopt;
  }
  return node_.Scalar();
}

std::optional<bool> ConfigNode::boolean() const {
  if (node_.IsScalar() && !is_quoted(node_)) {
    if (node_.Scalar() == "true") return true;
    if (node_.Scalar() == "false") return false;
  }
  fail(fmt::format("is {}{}; expected true or false", shown(),
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
  fail(fmt::format("is {}{}; expected a whole number from {} to {}", shown(),
                   is_quoted(node_) ? " in quotes" : "", min, max));
  return std::nullopt;
}

std::optional<milliseconds> ConfigNode::duration(milliseconds min, milliseconds max) const {
  const auto value = node_.IsScalar() ? parse_duration(node_.Scalar()) : std::nullopt;
  if (!value) {
    fail(fmt::format("is {}; expected a duration with its unit, such as 90s, 15m, 1h or 1d",
                     shown()));
    return std::nullopt;
  }
  if (*value < min || *value > max) {
    fail(fmt::format("is {}; expected a duration from {} to {}", shown(), format_duration(min),
                     format_duration(max)));
    return std::nullopt;
  }
  return value;
}

std::optional<std::size_t> ConfigNode::size(std::size_t min, std::size_t max) const {
  const auto value = node_.IsScalar() ? parse_size(node_.Scalar()) : std::nullopt;
  if (!value) {
    fail(fmt::format("is {}; expected a size with its unit, such as 512KiB or 5MiB", shown()));
    return std::nullopt;
  }
  if (*value < min || *value > max) {
    fail(fmt::format("is {}; expected a size from {} to {}", shown(), format_size(min),
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
  fail(fmt::format("is {}; expected {}{}", shown(), either(words),
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
    node.fail(fmt::format("is {}; expected a block of keys", node.shown()));
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
