#include "sync/delivery_finder.hpp"

#include "sync/elastic_cloud_finder.hpp"
#include "sync/export_finder.hpp"

namespace billow::sync {

std::unique_ptr<DeliveryFinder> make_delivery_finder(fetch::ObjectStore& store,
                                                     const feed::FeedConfig& config,
                                                     const feed::Definition& definition) {
  if (definition.fetch == "elastic_cloud")
    return std::make_unique<ElasticCloudFinder>(store, config);
  return std::make_unique<ExportFinder>(store, config);
}

}  // namespace billow::sync
