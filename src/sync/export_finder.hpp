#pragma once

#include "sync/delivery_finder.hpp"

namespace billow::sync {

/// Finds the deliveries of a data export by its manifests (`fetch: data_exports`).
class ExportFinder final : public DeliveryFinder {
 public:
  ExportFinder(fetch::ObjectStore& store, const feed::FeedConfig& config)
      : store_(store), config_(config) {}

  Task<std::vector<Discovered>> discover() override;
  Task<Delivery> read(Discovered discovered, Coverage coverage) override;
  Task<FoundDelivery> recall(audit::Record record) override;

 private:
  fetch::ObjectStore& store_;
  const feed::FeedConfig& config_;
};

}  // namespace billow::sync
