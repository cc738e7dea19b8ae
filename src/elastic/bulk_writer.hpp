#pragma once

#include "base/worker_pool.hpp"
#include "elastic/bulk_body.hpp"
#include "elastic/cluster.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace billow::elastic {

/// An item that Elasticsearch refused for good.
struct RejectedItem {
  std::string
      item;  ///< action and document line as sent, the first limits::dead_letter_bytes_max of them
  int status = 0;
  std::string reason;  ///< type: reason
};

/// Where every item that was submitted has gone, since the writer was made. submitted == stored +
/// already_there + missing + rejected once drain() returned without an error.
struct BulkOutcome {
  std::uint64_t submitted = 0;
  std::uint64_t stored = 0;         ///< created or deleted now
  std::uint64_t already_there = 0;  ///< 409 on create: a retry of ours was first
  std::uint64_t missing = 0;        ///< 404 on delete: gone already
  std::uint64_t rejected = 0;
  std::vector<RejectedItem> rejected_items;  ///< the first limits::dead_letters_kept_max
};

/// Something the metrics count. One call per event, on the io thread.
struct BulkEvent {
  enum class Kind { request, retried_items, throttled, unknown_answer, halved };
  Kind kind;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;              ///< request: uncompressed size
  std::chrono::nanoseconds latency{0};  ///< request: time to the whole answer
  int connections = 0;                  ///< current limit of requests in flight
};

struct BulkOptions {
  std::size_t connections = limits::bulk_connections_default;
  bool gzip = false;
  RetryPolicy retry{/*attempts_max=*/0, std::chrono::milliseconds{500},
                    std::chrono::milliseconds{30'000}};  ///< attempts_max 0: no bound
  std::function<void(const BulkEvent&)> observer{};
  WorkerPool* pool =
      nullptr;  ///< compresses there, and must outlive the writer; nullptr: on the io thread
};

/// Sends bulk bodies over several connections and gives every item a fate. Back-pressure: submit()
/// suspends while `connections` requests are in flight and limits::bulk_queued_max bodies wait, so
/// a slow cluster stops the reader instead of filling memory. How many requests are in flight
/// follows the cluster, see ConcurrencyLimit.
///
/// Fates per item: 200, 201 stored; 409 already there; 404 on delete missing; 429 and 5xx sent
/// again alone, after full jitter; 403 with cluster_block_exception of a full disk sent again;
/// other 401, 403, 404 stop the writer (unauthorized, not_found); any other status rejected. Per
/// request: connection trouble, 429, 502, 503, 504: the same body again; 413: two halves, a single
/// item over the limit is rejected; 401, 403 stop; 400 as a whole: halved until the item at fault
/// stands alone. An answer that cannot be read, or that has another number of items than were sent,
/// means unknown: sent again, which the ids make harmless.
class BulkWriter {
 public:
  BulkWriter(Cluster& cluster, BulkOptions options);
  /// Cancels. What is in flight ends by itself and needs neither the writer nor the cluster's
  /// handle.
  ~BulkWriter();
  BulkWriter(const BulkWriter&) = delete;
  BulkWriter& operator=(const BulkWriter&) = delete;

  /// Takes a body; returns when there is room for the next. Fails once the writer has stopped.
  Task<void> submit(BulkBody body);
  /// Waits until everything submitted has a fate. The writer can be used on.
  Task<BulkOutcome> drain();
  /// Bodies that have their end, for whoever fills bodies and can use their memory again. A few at
  /// the most are kept.
  std::vector<BulkBody> take_used();
  /// Ends what is in flight and makes every later call fail with Errc::cancelled.
  void cancel();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace billow::elastic
