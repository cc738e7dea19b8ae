#include "daemon/health_store.hpp"

#include "elastic/records.hpp"

#include <utility>

namespace billow::daemon {

Task<FeedHealth> read_health(elastic::Cluster& cluster, std::string feed) {
  auto document = co_await elastic::get_document(cluster, std::string(elastic::deliveries_index),
                                                 FeedHealth::document_id(feed));
  if (!document) co_return document.error();
  FeedHealth health;
  if (*document) {
    auto read = FeedHealth::from_json(**document);
    if (read) health = *std::move(read);
  }
  health.feed = std::move(feed);
  co_return health;
}

Task<void> write_health(elastic::Cluster& cluster, FeedHealth health) {
  elastic::Document document(FeedHealth::document_id(health.feed), health.to_json());
  co_return co_await elastic::put_document(cluster, std::string(elastic::deliveries_index),
                                           std::move(document));
}

}  // namespace billow::daemon
