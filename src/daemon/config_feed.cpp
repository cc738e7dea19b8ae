#include "base/civil_time.hpp"
#include "daemon/config_elastic_cloud.hpp"
#include "daemon/config_sections.hpp"
#include "daemon/config_units.hpp"
#include "feed/definition.hpp"
#include "feed/elastic_cloud.hpp"
#include "fetch/s3_address.hpp"
#include "http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace billow::daemon {
namespace {

using namespace std::chrono_literals;
using feed::FeedConfig;
using feed::Location;

constexpr std::size_t feed_id_length_max = 40;
constexpr std::string_view id_letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
/// Elastic Cloud has something new to say once a day, and is asked a question a day of two months.
constexpr std::chrono::seconds elastic_cloud_every = 6h;
constexpr std::string_view location_expected = "s3://bucket/prefix or file:///folder";

std::string read_id(const ConfigNode& node) {
  const std::string id = node.text().value_or("");
  if (id.size() > feed_id_length_max || id.find_first_not_of(id_letters) != std::string::npos)
    node.fail(fmt::format("is {}; expected 1 to {} of a-z, 0-9 and '-'", node.shown(),
                          feed_id_length_max));
  return id;
}

std::string read_kind(const ConfigNode& node) {
  const auto kind = node.text();
  if (!kind) return "";
  std::vector<std::string> kinds;
  for (const feed::Definition& definition : feed::definitions()) kinds.push_back(definition.kind);
  if (std::find(kinds.begin(), kinds.end(), *kind) != kinds.end()) return *kind;
  const std::string likely = nearest(*kind, kinds);
  node.fail(fmt::format("is {}, which is unknown; expected {}{}", node.shown(), either(kinds),
                        likely.empty() ? "" : fmt::format(" (did you mean {}?)", likely)));
  return "";
}

std::string without_slashes(std::string_view prefix) {
  while (!prefix.empty() && prefix.front() == '/') prefix.remove_prefix(1);
  while (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  return std::string(prefix);
}

/// The naming rules of S3 as far as they keep a bucket from being read as something else in a URL.
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

Location read_location(const ConfigNode& node) {
  Location location;
  const std::string text = node.text().value_or("");
  if (text.empty()) return location;
  if (text.starts_with("s3://")) {
    location.scheme = Location::Scheme::s3;
    const std::string_view rest = std::string_view(text).substr(5);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    location.bucket = rest.substr(0, slash);
    location.prefix = without_slashes(rest.substr(slash));
    if (!is_bucket(location.bucket))
      node.fail(fmt::format("is {}, whose bucket cannot be one; expected {}", node.shown(),
                            location_expected));
  } else if (text.starts_with("file:///")) {
    location.path = std::filesystem::path(text.substr(7)).lexically_normal().string();
    if (location.path.size() > 1 && location.path.back() == '/') location.path.pop_back();
  } else {
    node.fail(fmt::format("is {}; expected {}", node.shown(), location_expected));
  }
  return location;
}

std::string read_export(const ConfigNode& node) {
  const std::string name = node.text().value_or("");
  if (name.find('/') != std::string::npos || name == "." || name == "..")
    node.fail(fmt::format("is {}; expected the export's name, without its prefix", node.shown()));
  return name;
}

/// nullopt, and a problem, when it is not usable. Its text goes to `endpoint` in any case.
std::optional<http::Url> read_endpoint(const ConfigNode& node, std::string& endpoint) {
  endpoint = node.text().value_or("");
  if (endpoint.empty()) return std::nullopt;
  const auto url = http::Url::parse(endpoint);
  const bool has_query = url && url->target.find('?') != std::string::npos;
  if (url && !has_query) return *url;
  node.fail(
      fmt::format("is {}, which is no URL of a service ({}); expected one such as "
                  "http://127.0.0.1:9000",
                  node.shown(), has_query ? "it holds a query" : url.error().detail));
  return std::nullopt;
}

std::string read_region(const ConfigNode& node) {
  const std::string region = node.text().value_or("");
  if (!region.empty() && !fetch::is_region(region))
    node.fail(fmt::format("is {}; expected a region such as eu-central-1", node.shown()));
  return region;
}

/// Asking for the credentials of a role is signed; they come back as they are.
void read_sts_endpoint(const ConfigNode& node, feed::S3Config& s3) {
  const auto url = read_endpoint(node, s3.sts_endpoint);
  if (url && !url->tls && !url->is_loopback())
    node.fail(
        fmt::format("would get its secrets from {} unencrypted; expected https", url->authority()));
}

feed::S3Config read_s3(const ConfigNode& node) {
  feed::S3Config s3;
  ConfigMap map(node);
  const auto read = [&map](const std::string& key, std::string& value) {
    if (const auto found = map.find(key)) value = found->text().value_or("");
  };
  if (const auto region = map.find("region")) s3.region = read_region(*region);
  if (const auto endpoint = map.find("endpoint")) read_endpoint(*endpoint, s3.endpoint);
  if (const auto path_style = map.find("path_style"))
    s3.path_style = path_style->boolean().value_or(false);
  read("profile", s3.profile);
  read("role_arn", s3.role_arn);
  read("external_id", s3.external_id);
  read("role_session_name", s3.role_session_name);
  if (const auto endpoint = map.find("sts_endpoint")) read_sts_endpoint(*endpoint, s3);
  for (const char* key : {"access_key_id", "secret_access_key", "session_token"})
    if (const auto secret = map.find(key))
      secret->fail(
          "holds the secret itself; expected it in the environment (AWS_ACCESS_KEY_ID, ...) or in "
          "a "
          "'profile' of the shared AWS files");
  map.finish();
  if (s3.role_arn.empty() && !s3.external_id.empty())
    node.fail("has an 'external_id' without 'role_arn'; expected both");
  return s3;
}

/// Where a data export lies, and how it is reached.
void read_data_export(ConfigMap& map, FeedConfig& feed) {
  if (const auto location = map.require("location", std::string(location_expected)))
    feed.location = read_location(*location);
  if (const auto name = map.require("export", "the name of the export"))
    feed.export_name = read_export(*name);
  if (const auto s3 = map.find("s3")) {
    feed.s3 = read_s3(*s3);
    if (!feed.location.path.empty())
      s3->fail("stands beside a file:// location; expected only with s3://");
  }
}

/// Keys that say how another kind of feed is fetched.
void refuse_keys(ConfigMap& map, std::initializer_list<const char*> keys, std::string_view kind,
                 std::string_view expected) {
  for (const char* key : keys)
    if (const auto node = map.find(key))
      node->fail(fmt::format("does not belong to {}; expected {}", kind, expected));
}

std::optional<std::string> read_since(const ConfigNode& node, std::string_view oldest) {
  std::string month = node.text().value_or("");
  if (!month.empty() && !parse_month(month))
    node.fail(fmt::format("is {}; expected a month such as 2026-01", node.shown()));
  else if (!month.empty() && month < oldest)
    node.fail(fmt::format("is {}; expected {} or later: nothing is told of months before",
                          node.shown(), oldest));
  return month;
}

/// How a kind of feed is fetched; a kind that there is none of, as data exports are.
bool is_elastic_cloud(std::string_view kind) {
  const auto definition = feed::find_definition(kind);
  return definition && definition->fetch == "elastic_cloud";
}

FeedConfig read_feed(const ConfigNode& node) {
  FeedConfig feed;
  ConfigMap map(node);
  if (const auto id = map.require("id", "a name of your own, such as aws-main"))
    feed.id = read_id(*id);
  if (const auto kind = map.require("kind", "what the feed is, such as aws/cur2"))
    feed.kind = read_kind(*kind);
  const bool elastic_cloud = is_elastic_cloud(feed.kind);
  if (elastic_cloud) {
    read_elastic_cloud(map, feed.elastic_cloud);
    refuse_keys(map, {"location", "export", "s3"}, feed.kind,
                "them with data exports only, such as aws/cur2");
  } else {
    read_data_export(map, feed);
    refuse_keys(map, {"organization", "elastic_cloud"}, feed.kind,
                "them with elastic-cloud/costs only");
  }
  feed.every = elastic_cloud ? elastic_cloud_every : feed.every;
  if (const auto every = map.find("every"))
    feed.every = std::chrono::duration_cast<std::chrono::seconds>(
        every->duration(1s, 31 * 24h).value_or(1h));
  // An API does not say when its organisation began.
  const std::string_view oldest = elastic_cloud ? feed::elastic_cloud_since_min : "";
  if (const auto since = elastic_cloud
                             ? map.require("since", "the first month to ask for, such as 2026-01")
                             : map.find("since"))
    feed.since = read_since(*since, oldest);
  if (const auto& prices = feed.elastic_cloud.ecu_prices;
      elastic_cloud && feed.since && !prices.empty() && *feed.since < prices.front().since)
    node.fail(fmt::format("has no ecu_price for {}, its first month; the oldest counts from {}",
                          *feed.since, prices.front().since));
  if (const auto policy = map.find("dead_letters"))
    feed.dead_letters = policy->choice({"withhold", "publish"}).value_or(0) == 1
                            ? feed::DeadLetterPolicy::publish
                            : feed::DeadLetterPolicy::withhold;
  map.finish();
  return feed;
}

/// A usable URL in the one spelling of all that mean the same; any other text as it stands.
std::string same_endpoint(const std::string& text) {
  const auto url = http::Url::parse(text);
  if (!url) return text;
  std::string_view target = url->target;
  while (target.ends_with('/')) target.remove_suffix(1);
  return fmt::format("{}://{}{}", url->tls ? "https" : "http", url->authority(), target);
}

/// What tells two feeds that read the same thing, however they spell it. Empty when that is not
/// known.
std::string source_of(const FeedConfig& feed) {
  const feed::ElasticCloudConfig& cloud = feed.elastic_cloud;
  if (!cloud.organization.empty())
    return fmt::format("organisation {} of {}", cloud.organization, same_endpoint(cloud.endpoint));
  if (feed.export_name.empty()) return "";
  if (feed.location.scheme == Location::Scheme::s3)
    return fmt::format("{} s3://{}/{}/{}", same_endpoint(feed.s3.endpoint), feed.location.bucket,
                       feed.location.prefix, feed.export_name);
  return feed.location.path.empty() ? ""
                                    : fmt::format("{}/{}", feed.location.path, feed.export_name);
}

}  // namespace

std::vector<FeedConfig> read_feeds(const ConfigNode& node) {
  std::vector<FeedConfig> feeds;
  if (!node.is_list()) {
    node.fail("is no list; expected one entry a feed, each starting with '- id:'");
    return feeds;
  }
  const std::vector<ConfigNode> items = node.items();
  if (items.empty()) node.fail("is an empty list; expected at least one feed");
  std::map<std::string, std::size_t> ids;
  std::map<std::string, std::size_t> sources;
  for (const ConfigNode& item : items) {
    feeds.push_back(read_feed(item));
    const FeedConfig& feed = feeds.back();
    const std::size_t place = feeds.size() - 1;
    if (!feed.id.empty())
      if (const auto [first, fresh] = ids.emplace(feed.id, place); !fresh)
        item.fail(fmt::format("has the id '{}' of feeds[{}]; expected an id of its own", feed.id,
                              first->second));
    const std::string name = source_of(feed);
    if (name.empty()) continue;
    if (const auto [first, fresh] = sources.emplace(name, place); !fresh)
      item.fail(fmt::format(
          "reads the same {0} as feeds[{1}], which would count its cost twice; expected one "
          "feed an {0}",
          feed.export_name.empty() ? "organisation" : "export", first->second));
  }
  return feeds;
}

}  // namespace billow::daemon
