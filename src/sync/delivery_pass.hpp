#pragma once

#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "elastic/bulk_writer.hpp"
#include "feed/definition.hpp"
#include "feed/feed_config.hpp"
#include "fetch/object_store.hpp"
#include "normalize/normalizer.hpp"
#include "sync/delivery.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace billow::sync {

/// What the normalizer has to know of a feed and its delivery; where lines go and which is left to
/// the caller.
normalize::Options reading_options(const feed::FeedConfig& config,
                                   const feed::Definition& definition, const Delivery& delivery);

/// One reading of every object of a delivery, through the normalizer and, if there is one, into a
/// bulk writer. Used once; everything it is given must outlive it.
class DeliveryPass {
 public:
  /// How far it is. Called on the io thread, must not block.
  using OnBlock =
      std::function<void(std::uint64_t bytes, std::uint64_t rows, std::uint64_t documents)>;

  /// `writer` null: bodies are not sent anywhere.
  DeliveryPass(fetch::ObjectStore& store, WorkerPool& pool, const Delivery& delivery,
               normalize::Options options, elastic::BulkWriter* writer, OnBlock on_block);

  /// Bodies are given to `take` instead, on the io thread, and are not kept.
  void on_body(std::function<void(const elastic::BulkBody&)> take) { take_body_ = std::move(take); }

  Task<normalize::Findings> run();

 private:
  Task<void> read_object(std::size_t index);
  Task<std::size_t> fill(char* out);
  Task<void> submit_bodies();

  fetch::ObjectStore& store_;
  WorkerPool& pool_;
  const Delivery& delivery_;
  normalize::Normalizer normalizer_;
  elastic::BulkWriter* const writer_;
  const OnBlock on_block_;
  std::function<void(const elastic::BulkBody&)> take_body_;
  std::unique_ptr<fetch::ObjectReader> reader_;
  std::uint64_t bytes_ = 0;
  std::uint64_t documents_ = 0;
};

}  // namespace billow::sync
