#include "sync/read_delivery.hpp"

#include "base/civil_time.hpp"
#include "base/limits.hpp"
#include "feed/data_exports.hpp"
#include "feed/manifest_choice.hpp"
#include "sync/delivery_id.hpp"
#include "sync/period_change.hpp"

#include <algorithm>
#include <map>

namespace billow::sync {
namespace {

using feed::Location;

/// The longest start that all keys share, cut after its last '/'.
std::string common_folder(const std::vector<std::string>& keys) {
  std::string shared = keys.front();
  for (const std::string& key : keys) {
    const auto differ = std::mismatch(shared.begin(), shared.end(), key.begin(), key.end());
    shared.erase(differ.first, shared.end());
  }
  const std::size_t slash = shared.rfind('/');
  return slash == std::string::npos ? std::string() : shared.substr(0, slash + 1);
}

}  // namespace

std::uint64_t Delivery::bytes() const {
  std::uint64_t sum = 0;
  for (const fetch::ObjectInfo& object : objects) sum += object.size;
  return sum;
}

Task<std::vector<Discovered>> discover_periods(fetch::ObjectStore& store, feed::FeedConfig config) {
  const bool in_bucket = config.location.scheme == Location::Scheme::s3;
  const std::string listed_prefix =
      in_bucket ? feed::manifest_prefix(config.location.prefix, config.export_name) : std::string();
  auto listed = co_await store.list(listed_prefix);
  if (!listed) co_return listed.error();

  std::map<std::string, std::string> etags;
  std::vector<std::string> keys;
  for (const fetch::ObjectInfo& object : *listed) {
    keys.push_back(object.key);
    etags[object.key] = object.etag;
  }
  auto chosen = feed::choose_manifests(keys, config.export_name);
  if (!chosen) co_return within(store.name(), chosen.error());

  std::vector<Discovered> periods;
  for (feed::ManifestChoice& choice : *chosen) {
    if (config.since && choice.period < *config.since) continue;
    Discovered period;
    period.period = std::move(choice.period);
    period.manifest_etag = etags[choice.key];
    period.manifest_key = std::move(choice.key);
    period.export_root = std::move(choice.export_root);
    periods.push_back(std::move(period));
  }
  if (chosen->empty()) {
    co_return Error{Errc::not_found, store.name() + ": no manifest of export '" +
                                         config.export_name + "' under '" + listed_prefix +
                                         "'; expected .../" + config.export_name +
                                         "/metadata/BILLING_PERIOD=YYYY-MM/" + config.export_name +
                                         "-Manifest.json"};
  }
  co_return periods;
}

Task<Delivery> read_delivery(fetch::ObjectStore& store, feed::FeedConfig config,
                             Discovered discovered, Coverage coverage) {
  if (auto days = check_days(coverage); !days) co_return days.error();
  auto object = co_await store.get(discovered.manifest_key);
  if (!object) co_return object.error();
  auto manifest = feed::parse_manifest(object->bytes, discovered.export_root);
  if (!manifest) co_return within(store.name() + "/" + discovered.manifest_key, manifest.error());

  Delivery delivery;
  delivery.period = discovered.period;
  delivery.coverage = coverage;
  delivery.execution_id = manifest->execution_id;
  delivery.manifest = object->info;
  if (!manifest->data_files.empty()) {
    auto listed = co_await store.list(common_folder(manifest->data_files));
    if (!listed) co_return listed.error();
    std::map<std::string, fetch::ObjectInfo> present;
    for (fetch::ObjectInfo& info : *listed) present.emplace(info.key, std::move(info));
    for (const std::string& key : manifest->data_files) {
      const auto found = present.find(key);
      if (found == present.end()) {
        co_return Error{
            Errc::not_found,
            store.name() + "/" + discovered.manifest_key + " names " + key +
                ", which does not exist; the delivery is incomplete and nothing of it was read"};
      }
      const UnixSeconds modified = found->second.modified;
      const bool is_younger = modified > delivery.manifest.modified;
      if (is_younger && (delivery.pending_since == 0 || modified < delivery.pending_since))
        delivery.pending_since = modified;
      delivery.objects.push_back(found->second);
    }
  }
  delivery.id = delivery_id(config.id, delivery.period, delivery.execution_id,
                            delivery.manifest.etag, delivery.objects, coverage);
  co_return delivery;
}

}  // namespace billow::sync
