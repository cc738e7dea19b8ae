#include "daemon/config_secret.hpp"
#include "daemon/config_sections.hpp"
#include "daemon/config_units.hpp"

#include <fmt/format.h>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view url_expected = "a URL such as https://elastic.example.com:9200";

void read_url(const ConfigNode& node, elastic::Config& config) {
  const auto text = node.text();
  if (!text) return;
  if (text->find('@') != std::string::npos) {
    node.fail(
        "holds a user or password; expected them as 'username' and 'password: { env: NAME }'");
    return;
  }
  auto url = http::Url::parse(*text);
  if (!url) {
    node.fail(fmt::format("is {}, which is no URL ({}); expected {}", node.shown(),
                          url.error().detail, url_expected));
    return;
  }
  config.urls.push_back(*std::move(url));
}

void read_urls(const ConfigNode& node, elastic::Config& config) {
  if (!node.is_list()) return read_url(node, config);
  const auto items = node.items();
  if (items.empty()) node.fail(fmt::format("is an empty list; expected {}", url_expected));
  for (const ConfigNode& item : items) read_url(item, config);
}

elastic::Compression read_compression(const ConfigNode& node) {
  // YAML 1.1 took on and off for booleans, and many an editor still writes true and false for them.
  const auto place = node.choice({"automatic", "on", "off", "true", "false"});
  if (!place || *place == 0) return elastic::Compression::automatic;
  return *place % 2 == 1 ? elastic::Compression::on : elastic::Compression::off;
}

void read_bulk(const ConfigNode& node, elastic::Config& config) {
  ConfigMap map(node);
  if (const auto size = map.find("size"))
    config.bulk_bytes =
        size->size(64 * limits::KiB, limits::bulk_bytes_max).value_or(config.bulk_bytes);
  if (const auto connections = map.find("connections"))
    config.bulk_connections = static_cast<std::size_t>(
        connections->integer(1, static_cast<std::int64_t>(limits::bulk_connections_max))
            .value_or(1));
  map.finish();
}

/// What belongs together, and what must not be together.
void check_sign_in(const ConfigNode& node, const elastic::Config& config) {
  const bool key = !config.api_key.empty();
  const bool password = !config.password.empty();
  if (key && !config.username.empty())
    node.fail("has both 'api_key' and 'username'; expected one of them");
  if (!config.username.empty() && !password)
    node.fail("has a 'username' without 'password'; expected both");
  if (password && config.username.empty())
    node.fail("has a 'password' without 'username'; expected both");
  if (config.tls.certificate_file.empty() != config.tls.key_file.empty())
    node.fail("has only one of 'certificate_file' and 'key_file'; expected both");
  if (!key && !password) return;
  for (const http::Url& url : config.urls)
    if (!url.tls && !url.is_loopback())
      node.fail(
          fmt::format("would send its secret to {} unencrypted; expected https", url.authority()));
}

}  // namespace

elastic::Config read_elasticsearch(const ConfigNode& node) {
  elastic::Config config;
  ConfigMap map(node);
  if (const auto url = map.require("url", std::string(url_expected))) read_urls(*url, config);
  if (const auto api_key = map.find("api_key")) config.api_key = read_secret_ref(*api_key);
  if (const auto username = map.find("username")) config.username = username->text().value_or("");
  if (const auto password = map.find("password")) config.password = read_secret_ref(*password);
  if (const auto file = map.find("ca_file")) config.tls.ca_file = file->text().value_or("");
  if (const auto file = map.find("certificate_file"))
    config.tls.certificate_file = file->text().value_or("");
  if (const auto file = map.find("key_file")) config.tls.key_file = file->text().value_or("");
  if (const auto setup = map.find("setup"))
    config.setup = setup->choice({"automatic", "manual"}).value_or(0) == 1
                       ? elastic::SetupMode::manual
                       : elastic::SetupMode::automatic;
  if (const auto compression = map.find("compression"))
    config.compression = read_compression(*compression);
  if (const auto bulk = map.find("bulk")) read_bulk(*bulk, config);
  if (const auto timeout = map.find("request_timeout"))
    config.request_timeout = timeout->duration(1s, 1h).value_or(config.request_timeout);
  if (const auto replicas = map.find("replicas"))
    config.replicas = static_cast<int>(replicas->integer(0, 10).value_or(config.replicas));
  map.finish();
  check_sign_in(node, config);
  return config;
}

}  // namespace billow::daemon
