#include "sync/period_store.hpp"

#include "elastic/copy_slices.hpp"
#include "elastic/slice_index.hpp"
#include "sync/situation.hpp"
#include "sync/slice_plan.hpp"

#include <utility>

namespace billow::sync {

PeriodStore::PeriodStore(const FeedSync::Context& context, std::string period)
    : context_(context),
      rollups_(context.cluster, context.rollups, context.rollup_runner, context.config.id,
               std::move(period)) {}

void PeriodStore::take(const Situation& found) {
  token_ = found.token;
  visible_ = found.visible;
  index_ = found.target;
  retired_ = found.retired;
}

std::vector<std::string> PeriodStore::indices() const {
  std::vector<std::string> names = retired_;
  names.push_back(visible_.index);
  if (moves()) names.push_back(index_);
  return names;
}

Task<void> PeriodStore::claim() {
  auto claimed = co_await elastic::publish(context_.cluster, context_.config.id, token_,
                                           std::vector<elastic::Visible>());
  if (!claimed) co_return claimed.error();
  ++token_;
  co_return boost::system::in_place_value;
}

Task<void> PeriodStore::ensure_index() {
  co_return co_await elastic::ensure_slice_index(context_.cluster, index_);
}

Task<void> PeriodStore::copy_visible(std::vector<std::string> slice_ids,
                                     elastic::BulkOptions bulk) {
  auto copied = co_await elastic::copy_slices(context_.cluster, visible_.index, index_,
                                              std::move(slice_ids), std::move(bulk));
  if (!copied) co_return copied.error();
  co_return boost::system::in_place_value;
}

Task<std::vector<elastic::Difference>> PeriodStore::compare(std::vector<Slice> slices) {
  auto stored = co_await elastic::sum_slices(context_.cluster, index_);
  if (!stored) co_return stored.error();
  co_return elastic::compare(slices, *stored);
}

Task<void> PeriodStore::publish(std::string record_id, std::vector<std::string> slice_ids,
                                std::vector<elastic::Visible> rolled_up) {
  elastic::Visible shown;
  shown.index = index_;
  shown.delivery_id = std::move(record_id);
  shown.slice_ids = std::move(slice_ids);
  std::vector<elastic::Visible> all = std::move(rolled_up);
  all.push_back(shown);
  if (moves()) {
    all.push_back(visible_);
    all.back().removed = true;
  }
  auto published =
      co_await elastic::publish(context_.cluster, context_.config.id, token_, std::move(all));
  if (!published) co_return published.error();
  ++token_;
  visible_ = std::move(shown);
  kept_.clear();
  co_return boost::system::in_place_value;
}

Task<std::uint64_t> PeriodStore::drop(std::vector<std::string> slice_ids) {
  std::vector<std::string> indices = {index_};
  if (moves()) indices.push_back(visible_.index);
  std::uint64_t charges = 0;
  for (const std::string& index : indices) {
    auto dropped = co_await elastic::drop_slices(context_.cluster, index, slice_ids);
    if (!dropped) co_return dropped.error();
    charges += *dropped;
  }
  co_return charges;
}

Task<std::uint64_t> PeriodStore::purge_charges(std::string own_prefix) {
  elastic::Visible ours = visible_;
  ours.index = index_;
  auto stored = co_await read_stored(context_.cluster, std::move(ours));
  if (!stored) co_return stored.error();
  std::vector<std::string> wanted = visible_.slice_ids;
  wanted.insert(wanted.end(), kept_.begin(), kept_.end());
  co_return co_await elastic::drop_slices(context_.cluster, index_,
                                          dead_slices(*stored, wanted, token_, own_prefix));
}

Task<void> PeriodStore::purge_rollups(std::string own_prefix, bool indices) {
  auto leftovers = co_await rollups_.leftovers();
  if (!leftovers) co_return leftovers.error();
  if (!indices) leftovers->indices.clear();
  for (const std::string& index : leftovers->indices) {
    auto deleted = co_await delete_index(index);
    if (!deleted) co_return deleted.error();
  }
  for (const rollup::PeriodRollups::Leftover& leftover : leftovers->slices) {
    auto purged = co_await elastic::drop_slices(
        context_.cluster, leftover.index,
        dead_slices(leftover.slice_ids, std::vector<std::string>(), token_, own_prefix),
        leftover.alias);
    if (!purged) co_return purged.error();
  }
  co_return boost::system::in_place_value;
}

Task<void> PeriodStore::delete_retired() {
  for (const std::string& index : retired_) {
    auto shown = co_await elastic::read_visible(context_.cluster, index);
    if (!shown) co_return shown.error();
    if (!shown->empty()) continue;
    auto deleted = co_await delete_index(index);
    if (!deleted) co_return deleted.error();
  }
  retired_.clear();
  co_return boost::system::in_place_value;
}

Task<void> PeriodStore::delete_charges() { co_return co_await delete_index(index_); }

Task<void> PeriodStore::delete_index(std::string index) {
  auto token = co_await elastic::delete_index(context_.cluster, context_.config.id, token_,
                                              std::move(index));
  if (!token) co_return token.error();
  token_ = *token;
  co_return boost::system::in_place_value;
}

}  // namespace billow::sync
