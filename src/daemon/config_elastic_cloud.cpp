#include "daemon/config_elastic_cloud.hpp"

#include "base/civil_time.hpp"
#include "base/decimal.hpp"
#include "daemon/config_secret.hpp"
#include "feed/elastic_cloud.hpp"
#include "http/client.hpp"
#include "normalize/lookup_currency.hpp"

#include <fmt/format.h>

namespace billow::daemon {
namespace {

std::string read_organization(const ConfigNode& node) {
  const std::string id = node.text().value_or("");
  if (!id.empty() && !feed::is_elastic_cloud_organization(id))
    node.fail(fmt::format("is {}; expected the id that the console shows, such as 1234567890",
                          node.shown()));
  return id;
}

void read_cloud_endpoint(const ConfigNode& node, feed::ElasticCloudConfig& config) {
  const std::string text = node.text().value_or("");
  if (text.empty()) return;
  if (text.find('@') != std::string::npos) {
    node.fail("holds a user or password; expected 'api_key: { env: NAME }' instead");
    return;
  }
  const auto url = http::Url::parse(text);
  if (!url || url->target.find('?') != std::string::npos)
    node.fail(fmt::format("is {}, which is no URL of an API; expected one such as {}", node.shown(),
                          config.endpoint));
  else if (!url->tls && !url->is_loopback())
    node.fail(
        fmt::format("would send its secret to {} unencrypted; expected https", url->authority()));
  config.endpoint = text;
  while (config.endpoint.ends_with('/')) config.endpoint.pop_back();
}

std::string read_currency(const ConfigNode& node) {
  const std::string code = node.text().value_or("");
  if (!code.empty() && !normalize::is_currency(code))
    node.fail(fmt::format("is {}; expected a code of ISO 4217 such as USD or EUR", node.shown()));
  return code;
}

/// Written in one way however it is given, since it tells deliveries apart: 1.0 is 1.
std::string read_price(const ConfigNode& node) {
  const std::string text = node.text().value_or("");
  if (text.empty()) return {};
  const auto price = Decimal::parse(text);
  if (!price || price->is_zero() || price->is_negative())
    node.fail(fmt::format("is {}; expected the price of one ECU, such as 1 or 0.85", node.shown()));
  return price ? price->normalized().to_string() : text;
}

feed::EcuPrice read_price_step(const ConfigNode& node) {
  feed::EcuPrice step;
  ConfigMap map(node);
  if (const auto since = map.require("since", "the month from which on it counts")) {
    step.since = since->text().value_or("");
    if (!step.since.empty() && !parse_month(step.since)) {
      since->fail(fmt::format("is {}; expected a month such as 2026-01", since->shown()));
      step.since.clear();
    }
  }
  if (const auto price = map.require("price", "the price of one ECU"))
    step.price = read_price(*price);
  map.finish();
  return step;
}

/// One price, or a list of those that followed one another.
std::vector<feed::EcuPrice> read_prices(const ConfigNode& node) {
  std::vector<feed::EcuPrice> prices;
  if (!node.is_list()) {
    prices.push_back({"", read_price(node)});
    return prices;
  }
  for (const ConfigNode& item : node.items()) {
    feed::EcuPrice step = read_price_step(item);
    if (!prices.empty() && step.since <= prices.back().since && !step.since.empty())
      item.fail(
          fmt::format("counts from {}, which is not after {}; expected the oldest price first",
                      step.since, prices.back().since));
    prices.push_back(std::move(step));
  }
  if (prices.empty()) node.fail("is an empty list; expected at least one price");
  return prices;
}

void read_block(const ConfigNode& node, feed::ElasticCloudConfig& config) {
  ConfigMap map(node);
  if (const auto key = map.find("api_key")) config.api_key = read_secret_ref(*key);
  if (const auto endpoint = map.find("endpoint")) read_cloud_endpoint(*endpoint, config);
  if (const auto file = map.find("ca_file")) config.ca_file = file->text().value_or("");
  if (const auto currency = map.find("currency")) config.currency = read_currency(*currency);
  if (const auto price = map.find("ecu_price")) config.ecu_prices = read_prices(*price);
  map.finish();
}

}  // namespace

void read_elastic_cloud(ConfigMap& feed, feed::ElasticCloudConfig& config) {
  if (const auto id = feed.require("organization", "the id of the organisation"))
    config.organization = read_organization(*id);
  if (const auto block = feed.find("elastic_cloud")) read_block(*block, config);
}

}  // namespace billow::daemon
