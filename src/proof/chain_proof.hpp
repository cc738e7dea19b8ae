#pragma once

#include "audit/chain_walk.hpp"
#include "audit/finding.hpp"
#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "elastic/shown.hpp"
#include "proof/scope.hpp"
#include "proof/visible_check.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace billow::proof {

/// What a walk over the whole chain found.
struct ChainProof {
  std::vector<audit::Finding> findings;
  std::vector<std::string> notes;  ///< worth telling, and not wrong
  std::uint64_t records = 0;
  audit::ChainEnd last;  ///< of the chain; a user may note it down
  Newest newest;         ///< what readers see by the chain, of the feeds and periods asked for
  /// The delivery that the read alias names, by feed and period.
  std::map<audit::ChainWalk::Key, std::string> shown;
  /// What was asked for and is neither in the chain nor visible: "aws-main 2026-06".
  std::vector<std::string> absent;
  std::vector<std::string> feeds;  ///< every feed the chain or the read alias knows
};

/// Reads the audit chain from its first record to its last and holds it against itself, its head,
/// the fencing tokens, what the read alias shows and the delivery records. Changes nothing. Memory:
/// a few dozen bytes a record, and what is visible.
class ChainProver {
 public:
  /// `anchors`: ends of the chain that were noted elsewhere. `cluster` must outlive it.
  ChainProver(elastic::Cluster& cluster, Scope scope, std::vector<audit::ChainEnd> anchors,
              OnProgress on_progress);

  /// Looks again, a few times, at what a daemon that publishes at this moment may explain.
  Task<ChainProof> run();

 private:
  /// Fills `proof_` anew.
  Task<void> look();
  Task<void> compare();
  /// `known`: all feeds and periods that are in the chain or visible.
  void note_absent(const std::set<audit::ChainWalk::Key>& known);
  Task<void> check_deliveries();
  void take(std::vector<audit::Finding> findings);

  elastic::Cluster& cluster_;
  const Scope scope_;
  const std::vector<audit::ChainEnd> anchors_;
  const OnProgress on_progress_;
  ChainProof proof_;
};

}  // namespace billow::proof
