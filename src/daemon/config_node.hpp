#pragma once

#include "daemon/config.hpp"

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Strict reading of YAML: every value is asked for by its type, every key by its name, and
/// whatever does not fit is noted with its place while reading goes on.
namespace billow::daemon {

/// A value of the file and where it stands. Borrows the list that problems go to.
class ConfigNode {
 public:
  ConfigNode(const YAML::Node& node, std::string path, std::vector<ConfigProblem>& problems)
      : node_(node), path_(std::move(path)), problems_(&problems) {}

  /// Notes a problem with this value.
  void fail(std::string what) const;
  /// The value as a problem may repeat it, in words of a person who never read the YAML
  /// specification: "a list", "'https://***@es.example'". What may be a user, a password or a query
  /// is left out.
  std::string shown() const;

  /// Each of these gives nullopt and notes a problem when the value is of another kind or out of
  /// range.
  std::optional<std::string> text() const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer(std::int64_t min, std::int64_t max) const;
  /// "90s", "15m", "1h30m", "1d"
  std::optional<std::chrono::milliseconds> duration(std::chrono::milliseconds min,
                                                    std::chrono::milliseconds max) const;
  /// "512KiB", "5MiB", "5MB"
  std::optional<std::size_t> size(std::size_t min, std::size_t max) const;
  /// One of several words; its place in the list.
  std::optional<std::size_t> choice(const std::vector<std::string>& words) const;

  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  /// The items of a list, with their paths.
  std::vector<ConfigNode> items() const;

 private:
  friend class ConfigMap;
  ConfigNode child(const YAML::Node& node, const std::string& name) const;

  YAML::Node node_;
  std::string path_;
  std::vector<ConfigProblem>* problems_;
};

/// A block of `key: value` lines. Every key the program knows is asked for once; finish() then
/// notes the others.
class ConfigMap {
 public:
  /// Notes a problem when `node` is no block; the map is then empty.
  explicit ConfigMap(const ConfigNode& node);

  /// The value of a key, or nullopt when it is absent. A key without a value is a problem.
  std::optional<ConfigNode> find(const std::string& key);
  /// The same; an absent key is a problem that says `expected`.
  std::optional<ConfigNode> require(const std::string& key, const std::string& expected);
  /// Notes every key that was never asked for, with the likely right one, and every key that stands
  /// twice.
  void finish();

 private:
  struct Entry {
    std::string key;
    YAML::Node key_node;
    YAML::Node value;
  };
  ConfigNode node_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
};

}  // namespace billow::daemon
