#pragma once

#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/index_family.hpp"
#include "rollup/charge_counts.hpp"
#include "rollup/definition.hpp"
#include "rollup/runner.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace billow::rollup {

/// What one index of rollups must show once readers see `shown` of a period, and `others` of the
/// year's other periods. Nothing else stays: charges may have lost their index or their alias since
/// they were rolled up. The index of the newest generation shows every slice of the period, those
/// of older ones none; one that is left with none at all loses the alias. Pure.
elastic::Visible shown_by(elastic::Visible now, bool newest_generation,
                          const std::vector<std::string>& shown,
                          const std::vector<std::string>& others);

/// The rollups of one period of one feed, kept in step with its charges: only slices are rolled up
/// that were not before, and what prepare() returns goes into the _aliases call that publishes the
/// charges.
class PeriodRollups {
 public:
  /// `cluster` and `definitions` must outlive it. `period`: "2026-06".
  PeriodRollups(elastic::Cluster& cluster, std::span<const Definition> definitions, Runner runner,
                std::string feed, std::string period);

  /// Creates the indices that prepare() writes to, unless they exist.
  Task<void> create();

  /// True when readers see these slices, all of the period's, in every rollup, and nothing there
  /// that they do not see among the charges.
  Task<bool> shows(std::vector<std::string> slice_ids);

  struct Prepared {
    std::vector<elastic::Visible> shown;           ///< for elastic::publish()
    std::vector<elastic::Difference> differences;  ///< not empty: nothing may be published
    std::uint64_t documents_written = 0;
    std::vector<std::string> notes;  ///< sentences for the log
  };
  /// Rolls up what readers shall see and no rollup has, and compares every slice with its control
  /// totals. `charges` holds the slices, searchable or not. Holds as long as nobody else publishes
  /// for the feed. `counts`: what is known of them without asking, or nullptr; must outlive the
  /// call.
  Task<Prepared> prepare(std::string charges, std::vector<Slice> slices,
                         const ChargeCounts* counts);

  /// Documents that are stored and that readers see neither here nor, the slices they were made
  /// from, among the charges: what a crash left, and what was replaced.
  struct Leftover {
    std::string index;
    std::string alias;
    std::vector<std::string> slice_ids;
  };
  struct Leftovers {
    std::vector<Leftover> slices;
    /// Indices that were followed by others, being of an older generation or with an outdated
    /// mapping, and that show nothing any more. Searches that began before they lost the alias may
    /// be at work on them still: the next pass deletes them, not the one that published.
    std::vector<std::string> indices;
  };
  Task<Leftovers> leftovers();

 private:
  /// The slices that readers see among the charges of the year: of the period, and of all others.
  struct Charged {
    std::vector<std::string> period;
    std::vector<std::string> others;
  };
  Task<Charged> read_charged();
  /// What prepare() was asked for.
  struct Wanted {
    std::string charges;
    std::vector<Slice> slices;
    const ChargeCounts* counts = nullptr;
    std::vector<std::string> others;  ///< what readers see of the year's other periods
  };
  /// Every index of one rollup and our year, of whatever generation.
  Task<std::vector<elastic::FamilyIndex>> read(Definition definition);
  /// Those of them that can go.
  std::vector<std::string> followed(const Definition& definition,
                                    const std::vector<elastic::FamilyIndex>& indices) const;
  /// The one of them that is written to, whether it is there or not.
  std::string newest(const Definition& definition,
                     const std::vector<elastic::FamilyIndex>& indices) const;
  Task<Prepared> prepare_one(Definition definition, Wanted wanted);
  /// `needed`: the slices that readers see among the charges.
  Task<Leftovers> leftovers_of(Definition definition, std::vector<std::string> needed);

  elastic::Cluster& cluster_;
  std::span<const Definition> definitions_;
  Runner runner_;
  std::string feed_;
  std::string period_;
  std::string year_;
};

}  // namespace billow::rollup
