#include "sync/delivery_reading.hpp"

#include "base/civil_time.hpp"
#include "sync/delivery_pass.hpp"
#include "sync/period_change.hpp"

#include <utility>

namespace billow::sync {

elastic::BulkOptions bulk_options(const FeedSync::Context& context) {
  elastic::BulkOptions bulk;
  bulk.connections = context.cluster.config().bulk_connections;
  bulk.gzip = elastic::wants_gzip(context.cluster.config());
  bulk.observer = [&context](const elastic::BulkEvent& event) {
    context.observer.on_bulk(context.config.id, event);
  };
  return bulk;
}

normalize::Options DeliveryReading::options(normalize::Pass pass, Target target) const {
  normalize::Options options = reading_options(context_.config, context_.definition, delivery_);
  options.pass = pass;
  options.slice_prefix = std::move(target.slice_prefix);
  options.index = std::move(target.index);
  options.ingested_at = format_time(now());
  options.bulk_bytes = context_.cluster.config().bulk_bytes;
  if (target.plan != nullptr) {
    options.wanted = [plan = target.plan](const SliceKey& key) { return plan->load.contains(key); };
  }
  if (target.counts != nullptr) {
    options.sent = [counts = target.counts](const Slice& slice, const Charge& charge) {
      counts->add(slice, charge);
    };
  }
  return options;
}

Task<normalize::Findings> DeliveryReading::pass(Phase phase, Target target,
                                                elastic::BulkWriter* writer) {
  const auto timer = watch_.time(phase);
  watch_.begin_reading(delivery_.bytes());
  DeliveryPass::OnBlock on_block = [this, phase](std::uint64_t bytes, std::uint64_t rows,
                                                 std::uint64_t documents) {
    watch_.show_read(phase, bytes, rows, documents);
  };
  const auto mode = phase == Phase::load ? normalize::Pass::load : normalize::Pass::digest;
  DeliveryPass reading(context_.store, context_.pool, delivery_, options(mode, std::move(target)),
                       writer, std::move(on_block));
  auto found = co_await reading.run();
  if (!found) co_return found.error();
  auto charges = check_charges(delivery_.coverage, found->slices);
  if (!charges) co_return charges.error();
  co_return std::move(*found);
}

Task<normalize::Findings> DeliveryReading::digest(Target target) {
  co_return co_await pass(Phase::digest, std::move(target), nullptr);
}

Task<DeliveryReading::Loaded> DeliveryReading::load(Target target) {
  elastic::BulkWriter writer(context_.cluster, bulk_options(context_));
  auto found = co_await pass(Phase::load, std::move(target), &writer);
  if (!found) co_return found.error();
  auto written = co_await writer.drain();
  if (!written) co_return written.error();
  Loaded loaded;
  loaded.findings = *std::move(found);
  loaded.written = *std::move(written);
  co_return loaded;
}

}  // namespace billow::sync
