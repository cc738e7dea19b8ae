#pragma once

#include "elastic/config.hpp"
#include "feed/feed_config.hpp"
#include "rollup/runner.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace billow::daemon {

/// Where `serve` answers /metrics and health checks.
struct ListenAddress {
  std::string address = "127.0.0.1";  ///< an IP address
  std::uint16_t port = 9464;          ///< 0: any free one
};

enum class LogFormat { text, json };

/// The `log:` block.
struct LogConfig {
  std::string level =
      "info";  ///< a name of spdlog: trace, debug, info, warning, error, critical, off
  LogFormat format = LogFormat::text;
};

/// A configuration file, checked. Secrets are only named in it, not read yet.
struct Configuration {
  std::string file;
  elastic::Config elasticsearch;
  ListenAddress listen;
  LogConfig log;
  /// How long a daemon's hold on a feed outlives its last sign of life. The daemons on one cluster
  /// should agree.
  std::chrono::milliseconds lease{30'000};
  /// Keys of tags that the rollups which take tags group by: `rollups: {tags: [...]}`.
  std::vector<std::string> promoted_tags;
  /// Who runs the rollups: `rollups: {runner: automatic}`.
  rollup::RunnerWish rollup_runner = rollup::RunnerWish::automatic;
  std::vector<feed::FeedConfig> feeds;  ///< at least one, ids and exports unique
};

/// One thing that is wrong with a configuration file.
struct ConfigProblem {
  int line = 0;      ///< from 1; 0: the file as a whole
  int column = 0;    ///< from 1
  std::string path;  ///< "feeds[0].every"; empty: the file as a whole
  std::string what;  ///< what is wrong; what is expected
};

/// `file:line:column: path: what`
std::string to_string(const ConfigProblem& problem, std::string_view file);

/// Either a configuration or everything that is wrong with it, in the order of the file.
struct ConfigOutcome {
  std::optional<Configuration> configuration;
  std::vector<ConfigProblem> problems;
};

/// Reads the text of a configuration file strictly. Touches neither files nor the network nor
/// secrets.
ConfigOutcome parse_configuration(std::string_view text, std::string file);
/// Reads a file; one that is missing or unreadable is a problem like any other.
ConfigOutcome load_configuration(const std::string& file);

/// The file to read: what the command line says, else BILLOW_CONFIG, else the first of ./billow.yml
/// and /etc/billow/billow.yml that is there. Errc::bad_config says where was looked.
Result<std::string> find_configuration(const std::string& named);

}  // namespace billow::daemon
