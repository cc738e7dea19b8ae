#include "sync/elastic_cloud_finder.hpp"

#include "base/civil_time.hpp"
#include "feed/elastic_cloud.hpp"
#include "sync/delivery_id.hpp"
#include "sync/period_change.hpp"

#include <utility>

namespace billow::sync {
namespace {

/// What a delivery is called in records: whose it is, and of which month.
std::string statement_name(const feed::ElasticCloudConfig& config, const std::string& period) {
  return "organizations/" + config.organization + "/" + feed::elastic_cloud_prefix(period);
}

/// The days whose answers are others than when they were published, of which there may be many.
std::string restated_days(const audit::Record& record,
                          const std::vector<fetch::ObjectInfo>& objects) {
  constexpr std::size_t named_max = 3;
  std::string names;
  std::size_t count = 0;
  for (std::size_t i = 0; i < objects.size() && i < record.objects.size(); ++i) {
    if (objects[i].etag == record.objects[i].etag) continue;
    const auto day = feed::elastic_cloud_day(objects[i].key);
    if (++count <= named_max && day) names += (count == 1 ? "" : ", ") + format_date(*day);
  }
  if (count > named_max) names += " and " + std::to_string(count - named_max) + " more";
  return names;
}

}  // namespace

Delivery ElasticCloudFinder::delivery_of(std::string period, Coverage coverage,
                                         std::vector<fetch::ObjectInfo> objects) const {
  Delivery delivery;
  delivery.manifest.key = statement_name(config_.elastic_cloud, period);
  delivery.manifest.etag = feed::elastic_cloud_terms(config_.elastic_cloud, period);
  delivery.period = std::move(period);
  delivery.coverage = coverage;
  delivery.objects = std::move(objects);
  delivery.id = delivery_id(config_.id, delivery.period, delivery.execution_id,
                            delivery.manifest.etag, delivery.objects, coverage);
  return delivery;
}

Task<std::vector<Discovered>> ElasticCloudFinder::discover() {
  std::vector<Discovered> periods;
  for (feed::ElasticCloudMonth& month :
       feed::elastic_cloud_months(config_.since.value_or(""), now())) {
    Discovered found;
    found.manifest_key = statement_name(config_.elastic_cloud, month.period);
    found.manifest_etag = feed::elastic_cloud_terms(config_.elastic_cloud, month.period);
    found.period = std::move(month.period);
    found.settled = month.settled;
    periods.push_back(std::move(found));
  }
  co_return periods;
}

Task<Delivery> ElasticCloudFinder::read(Discovered discovered, Coverage coverage) {
  if (auto days = check_days(coverage); !days) co_return days.error();
  auto listed = co_await store_.list(feed::elastic_cloud_prefix(discovered.period));
  if (!listed) co_return listed.error();
  if (listed->empty())
    co_return Error{Errc::not_found,
                    store_.name() + ": no day of " + discovered.period + " is over"};
  co_return delivery_of(std::move(discovered.period), coverage, *std::move(listed));
}

Task<FoundDelivery> ElasticCloudFinder::recall(audit::Record record) {
  FoundDelivery found;
  const std::string terms = feed::elastic_cloud_terms(config_.elastic_cloud, record.period);
  if (record.manifest_key != statement_name(config_.elastic_cloud, record.period) ||
      record.manifest_etag != terms) {
    found.missing = "the source cannot be compared: published was " + record.manifest_key + " at " +
                    record.manifest_etag + ", and the configuration says " +
                    statement_name(config_.elastic_cloud, record.period) + " at " + terms;
    co_return found;
  }
  std::vector<fetch::ObjectInfo> objects;
  for (const audit::SourceObject& object : record.objects) {
    auto listed = co_await store_.list(object.key);
    if (!listed) co_return listed.error();
    for (fetch::ObjectInfo& info : *listed) objects.push_back(std::move(info));
  }
  const std::string restated = restated_days(record, objects);
  Delivery delivery = delivery_of(record.period, record.coverage, std::move(objects));
  if (delivery.id == record.delivery_id)
    found.delivery = std::move(delivery);
  else
    found.missing = "the source no longer has what was published: " + store_.name() +
                    " answers something else" + (restated.empty() ? "" : " for " + restated);
  co_return found;
}

}  // namespace billow::sync
