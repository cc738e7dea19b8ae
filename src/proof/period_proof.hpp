#pragma once

#include "audit/finding.hpp"
#include "audit/line_match.hpp"
#include "audit/record.hpp"
#include "audit/slice_scan.hpp"
#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "proof/scope.hpp"
#include "proof/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace billow::proof {

/// What the charges of one feed and period were found to be.
struct PeriodProof {
  std::vector<audit::Finding> findings;
  std::vector<std::string> notes;
  std::vector<std::string> failures;  ///< what could not be read
  std::uint64_t lines = 0;            ///< charges read
  bool source_read = false;           ///< the source still had the objects
};

/// Adds the visible charges of a feed and period up, line by line, from what is indexed and from
/// what the source states, holds both against the chain's newest record, and names the lines that
/// differ. Changes nothing. Memory: a bit a line, and 32 bytes a line of slices that differ.
class PeriodProver {
 public:
  /// `source` null: the feed is not configured, or the source is not to be read. What it is given
  /// must outlive it.
  PeriodProver(elastic::Cluster& cluster, Source* source, OnProgress on_progress);

  /// `sequence`: of the newest record, found sound. `shown`: the delivery that the read alias named
  /// when it was found. Errc::conflict when another one is published while the lines are read.
  Task<PeriodProof> run(std::uint64_t sequence, std::string shown);

 private:
  Task<void> scan_charges();
  Task<void> sum_charges();
  Task<void> read_source();
  Task<void> match_lines();
  Task<void> match(std::vector<Slice> slices);
  Task<void> read_all();
  Task<bool> still_shows(std::string shown);

  elastic::Cluster& cluster_;
  Source* const source_;
  const OnProgress on_progress_;
  audit::Record record_;
  std::string index_;  ///< in which readers see the charges
  PeriodProof proof_;
  std::optional<sync::Delivery> delivery_;  ///< what record_ was made of, while the source has it
  std::set<std::string> differing_;         ///< slices whose lines are compared one by one
};

/// What a comparison with the source found of a slice's lines put together with what the index
/// alone told: a line is named once. Pure.
std::vector<audit::Finding> merge_line_findings(std::vector<audit::Finding> indexed,
                                                std::vector<audit::Finding> matched);

}  // namespace billow::proof
