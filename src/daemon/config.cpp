#include "daemon/config.hpp"

#include "daemon/config_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;

bool is_ip_address(const std::string& text) {
  unsigned char ignored[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, text.c_str(), ignored) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), ignored) == 1;
}

/// "127.0.0.1:9464" or "[::1]:9464"
std::optional<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  ListenAddress listen;
  listen.address = host;
  if (!is_ip_address(listen.address) || bracketed != (host.find(':') != std::string_view::npos))
    return std::nullopt;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
  if (port.empty() || failed != std::errc{} || end != port.data() + port.size())
    return std::nullopt;
  return listen;
}

/// Keys of tags, sorted, so that their order changes nothing.
std::vector<std::string> read_promoted_tags(const ConfigNode& list) {
  constexpr std::size_t tags_max = 10;
  std::vector<std::string> tags;
  if (!list.is_list()) list.fail("is no list; expected keys of tags such as [team, env]");
  for (const ConfigNode& item : list.is_list() ? list.items() : std::vector<ConfigNode>()) {
    const std::string tag = item.text().value_or("");
    if (std::ranges::find(tags, tag) != tags.end()) item.fail("stands twice");
    if (!tag.empty()) tags.push_back(tag);
  }
  if (tags.size() > tags_max) list.fail(fmt::format("holds more than {} tags", tags_max));
  std::ranges::sort(tags);
  return tags;
}

void read_rollups(const ConfigNode& node, Configuration& configuration) {
  static const std::vector<std::string> runners = {"automatic", "transform", "daemon"};
  ConfigMap map(node);
  if (const auto list = map.find("tags")) configuration.promoted_tags = read_promoted_tags(*list);
  if (const auto runner = map.find("runner"))
    if (const auto place = runner->choice(runners))
      configuration.rollup_runner = static_cast<rollup::RunnerWish>(*place);
  map.finish();
}

Configuration read_root(const ConfigNode& node) {
  Configuration configuration;
  ConfigMap map(node);
  if (const auto block = map.require("elasticsearch", "a block with at least 'url'"))
    configuration.elasticsearch = read_elasticsearch(*block);
  if (const auto block = map.find("http")) configuration.listen = read_http(*block);
  if (const auto block = map.find("log")) configuration.log = read_log(*block);
  if (const auto lease = map.find("lease"))
    configuration.lease = lease->duration(2s, 10min).value_or(configuration.lease);
  if (const auto block = map.find("rollups")) read_rollups(*block, configuration);
  if (const auto list = map.require("feeds", "a list with one entry a feed"))
    configuration.feeds = read_feeds(*list);
  map.finish();
  return configuration;
}

}  // namespace

ListenAddress read_http(const ConfigNode& node) {
  ListenAddress listen;
  ConfigMap map(node);
  if (const auto place = map.find("listen")) {
    const std::string text = place->text().value_or("");
    if (const auto parsed = parse_listen(text))
      listen = *parsed;
    else if (!text.empty())
      place->fail(fmt::format("is {}; expected an IP address and a port such as 127.0.0.1:9464",
                              place->shown()));
  }
  map.finish();
  return listen;
}

LogConfig read_log(const ConfigNode& node) {
  static const std::vector<std::string> levels = {"trace", "debug",    "info", "warning",
                                                  "error", "critical", "off"};
  LogConfig log;
  ConfigMap map(node);
  if (const auto level = map.find("level"))
    if (const auto place = level->choice(levels)) log.level = levels[*place];
  if (const auto format = map.find("format"))
    log.format =
        format->choice({"text", "json"}).value_or(0) == 1 ? LogFormat::json : LogFormat::text;
  map.finish();
  return log;
}

std::string to_string(const ConfigProblem& problem, std::string_view file) {
  std::string out(file);
  if (problem.line > 0) out += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.path.empty()) out += ": " + problem.path;
  return out + ": " + problem.what;
}

ConfigOutcome parse_configuration(std::string_view text, std::string file) {
  ConfigOutcome outcome;
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) {
      outcome.problems.push_back(
          {documents[1].Mark().line + 1, documents[1].Mark().column + 1, "",
           fmt::format("holds {} YAML documents; expected one", documents.size())});
      return outcome;
    }
    if (documents.empty() || !documents.front().IsMap()) {
      outcome.problems.push_back(
          {0, 0, "", "holds no configuration; expected the blocks 'elasticsearch' and 'feeds'"});
      return outcome;
    }
    Configuration configuration = read_root(ConfigNode(documents.front(), "", outcome.problems));
    configuration.file = std::move(file);
    if (outcome.problems.empty()) outcome.configuration = std::move(configuration);
  } catch (const YAML::Exception& failed) {
    outcome.problems.push_back(
        {failed.mark.line + 1, failed.mark.column + 1, "", "is no YAML: " + failed.msg});
  }
  std::sort(outcome.problems.begin(), outcome.problems.end(),
            [](const ConfigProblem& a, const ConfigProblem& b) {
              return std::tie(a.line, a.column, a.path, a.what) <
                     std::tie(b.line, b.column, b.path, b.what);
            });
  return outcome;
}

ConfigOutcome load_configuration(const std::string& file) {
  constexpr std::size_t configuration_bytes_max = 4 * limits::MiB;
  ConfigOutcome outcome;
  const auto fail = [&outcome](std::string what) {
    outcome.problems.push_back({0, 0, "", std::move(what)});
  };
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) {
    fail("is a folder; expected a file");
    return outcome;
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    fail(fmt::format("cannot be read: {}", std::strerror(errno)));
    return outcome;
  }
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.size() > configuration_bytes_max) {
    fail("is larger than 4 MiB; expected a configuration");
    return outcome;
  }
  return parse_configuration(text, file);
}

Result<std::string> find_configuration(const std::string& named) {
  if (!named.empty()) return named;
  if (const char* variable = std::getenv("BILLOW_CONFIG"); variable != nullptr && *variable != '\0')
    return std::string(variable);
  std::error_code ignored;
  for (const char* usual : {"billow.yml", "/etc/billow/billow.yml"})
    if (std::filesystem::exists(usual, ignored)) return std::string(usual);
  return Error{Errc::bad_config,
               "there is no configuration: neither ./billow.yml nor /etc/billow/billow.yml exists; "
               "name a file "
               "with -c FILE or in BILLOW_CONFIG"};
}

}  // namespace billow::daemon
