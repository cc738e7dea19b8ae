#pragma once

#include "elastic/bulk_writer.hpp"
#include "elastic/publication.hpp"
#include "rollup/period_rollups.hpp"
#include "sync/feed_sync.hpp"
#include "sync/recovery.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace billow::sync {

/// What Elasticsearch holds of the charges and rollups of one feed and period: what readers see,
/// what is loaded beside it, and what has to go. Knows nothing of deliveries and their records. All
/// that `context` names must outlive it.
class PeriodStore {
 public:
  PeriodStore(const FeedSync::Context& context, std::string period);

  /// Starts from what was found. Before anything else is called.
  void take(const Situation& found);

  /// The index that what is loaded belongs in.
  const std::string& index() const noexcept { return index_; }
  const elastic::Visible& visible() const noexcept { return visible_; }
  /// All of the period, whether they exist or not.
  std::vector<std::string> indices() const;
  /// True when readers see an outdated index, which the next publish leaves.
  bool moves() const noexcept { return visible_.index != index_; }
  /// The feed's fencing token.
  std::uint64_t token() const noexcept { return token_; }
  rollup::PeriodRollups& rollups() noexcept { return rollups_; }

  /// Nothing deletes these slices before something is published, though readers do not see them.
  void keep(std::vector<std::string> slice_ids) { kept_ = std::move(slice_ids); }

  /// Moves the fencing token: from here on no other daemon can publish for this feed what it loaded
  /// before, so all of that is garbage.
  Task<void> claim();
  /// Creates index() unless it is there.
  Task<void> ensure_index();
  /// Copies slices that readers see from the outdated index into index().
  Task<void> copy_visible(std::vector<std::string> slice_ids, elastic::BulkOptions bulk);
  /// How index() differs from these slices.
  Task<std::vector<elastic::Difference>> compare(std::vector<Slice> slices);
  /// Shows these slices of index(), described by the record of this id, and `rolled_up` in the
  /// rollups, in one call.
  Task<void> publish(std::string record_id, std::vector<std::string> slice_ids,
                     std::vector<elastic::Visible> rolled_up);

  /// Deletes slices wherever the period has them; the number of their charges.
  Task<std::uint64_t> drop(std::vector<std::string> slice_ids);
  /// Deletes the charges that are stored and will never be visible; their number. `own_prefix`: of
  /// the ids of what this run has loaded, "" for none.
  Task<std::uint64_t> purge_charges(std::string own_prefix);
  /// The same of the rollups. `indices`: also the indices that the pass before has left.
  Task<void> purge_rollups(std::string own_prefix, bool indices);
  /// Deletes the period's indices that readers do not see since the pass before, and looks once
  /// more that they do not. Searches that began earlier have ended by then.
  Task<void> delete_retired();
  /// Deletes index(), which nobody may see, and moves the fencing token.
  Task<void> delete_charges();

 private:
  /// Not in the middle of a load: it moves the fencing token.
  Task<void> delete_index(std::string index);

  const FeedSync::Context context_;
  std::string index_;
  elastic::Visible visible_;
  std::vector<std::string> retired_;  ///< the period's other indices
  std::vector<std::string> kept_;
  std::uint64_t token_ = 0;
  rollup::PeriodRollups rollups_;
};

}  // namespace billow::sync
