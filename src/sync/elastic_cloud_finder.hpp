#pragma once

#include "sync/delivery_finder.hpp"

namespace billow::sync {

/// Finds the deliveries of Elastic Cloud's billing API (`fetch: elastic_cloud`): a month is a
/// delivery, and each of its days that are over is an object of it. Which months there are is told
/// by the clock alone. In place of a manifest's ETag stands the price at which charges are made of
/// what is answered, so that another price makes another delivery of the same answers.
class ElasticCloudFinder final : public DeliveryFinder {
 public:
  ElasticCloudFinder(fetch::ObjectStore& store, const feed::FeedConfig& config)
      : store_(store), config_(config) {}

  Task<std::vector<Discovered>> discover() override;
  Task<Delivery> read(Discovered discovered, Coverage coverage) override;
  /// Asks for the days that were delivered, and for no other.
  Task<FoundDelivery> recall(audit::Record record) override;

 private:
  Delivery delivery_of(std::string period, Coverage coverage,
                       std::vector<fetch::ObjectInfo> objects) const;

  fetch::ObjectStore& store_;
  const feed::FeedConfig& config_;
};

}  // namespace billow::sync
