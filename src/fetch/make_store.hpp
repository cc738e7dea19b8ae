#pragma once

#include "auth/environment.hpp"
#include "base/worker_pool.hpp"
#include "feed/definition.hpp"
#include "feed/feed_config.hpp"
#include "fetch/backoff.hpp"
#include "fetch/object_store.hpp"
#include "http/client.hpp"

#include <memory>

namespace billow::fetch {

/// What stores need from the program around them.
struct StoreContext {
  explicit StoreContext(WorkerPool& pool_) : pool(pool_) {}
  WorkerPool& pool;          ///< outlives the stores
  http::ClientOptions http;  ///< for S3, STS, the sources of credentials and APIs
  auth::Environment environment = auth::Environment::of_process();
  RetryPolicy retry;
};

/// The store a feed's objects are in, by what its definition says under `fetch:`. Reads the AWS
/// configuration files or the API key, but sends nothing: whether the place answers shows with the
/// first call. Errc::bad_config says what is wrong.
Result<std::unique_ptr<ObjectStore>> make_object_store(const feed::FeedConfig& config,
                                                       const feed::Definition& definition,
                                                       StoreContext context);

}  // namespace billow::fetch
