#pragma once

#include "audit/record.hpp"
#include "base/task.hpp"
#include "feed/definition.hpp"
#include "feed/feed_config.hpp"
#include "fetch/object_store.hpp"
#include "sync/delivery.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace billow::sync {

/// A delivery, or why the source no longer has it.
struct FoundDelivery {
  std::optional<Delivery> delivery;
  std::string missing;  ///< a sentence
};

/// How a provider's deliveries are found; there is one for each word that `fetch:` of a feed
/// definition may be. Asks the provider and nobody else, on the io thread.
class DeliveryFinder {
 public:
  virtual ~DeliveryFinder() = default;
  /// The periods there are, oldest first, those before `since` left out.
  virtual Task<std::vector<Discovered>> discover() = 0;
  /// What the provider states of a period now. `coverage`: what it speaks for; Errc::bad_config for
  /// a window without days.
  virtual Task<Delivery> read(Discovered discovered, Coverage coverage) = 0;
  /// The very delivery that a record was made of: the same objects, by key, size and ETag.
  virtual Task<FoundDelivery> recall(audit::Record record) = 0;
};

/// The finder for what a definition says. `store` is one that was made for the same feed; it and
/// `config` outlive the finder.
std::unique_ptr<DeliveryFinder> make_delivery_finder(fetch::ObjectStore& store,
                                                     const feed::FeedConfig& config,
                                                     const feed::Definition& definition);

}  // namespace billow::sync
