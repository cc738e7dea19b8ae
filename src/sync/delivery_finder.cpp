#include "sync/delivery_finder.hpp"

#include "sync/export_finder.hpp"

namespace billow::sync {

std::unique_ptr<DeliveryFinder> make_delivery_finder(fetch::ObjectStore& store,
                                                     const feed::FeedConfig& config,
                                                     const feed::Definition&) {
  return std::make_unique<ExportFinder>(store, config);
}

}  // namespace billow::sync
