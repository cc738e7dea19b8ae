#pragma once

#include "audit/chain_walk.hpp"
#include "audit/record.hpp"
#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "elastic/shown.hpp"
#include "proof/reconciliation.hpp"
#include "proof/scope.hpp"
#include "proof/source.hpp"
#include "rollup/definition.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace billow::proof {

/// Asks everybody who knows a sum of a period: the provider, the audit chain, the charges, the
/// rollups. Changes nothing. Everything it is given must outlive it.
class Reconciler {
 public:
  /// The places, as accounts name them; a rollup's is its alias.
  static constexpr const char* provider = "provider";
  static constexpr const char* chain = "audit chain";
  static constexpr const char* charges = "charges";

  /// `sources`: of the configured feeds, by id; none: providers are not asked.
  Reconciler(elastic::Cluster& cluster, std::map<std::string, Source*> sources,
             std::span<const rollup::Definition> rollups, Scope scope, OnProgress on_progress);

  Task<Reconciliation> run(std::vector<Invoice> invoices);
  /// The feeds that are in the chain, visible or configured.
  std::vector<std::string> feeds() const;

 private:
  using Key = audit::ChainWalk::Key;

  /// Every feed and period that anybody knows.
  Task<std::set<Key>> find_periods();
  /// Notes what was asked for and is not among `keys`.
  void miss_periods(const std::set<Key>& keys);
  Task<PeriodAccounts> read_period(Key key);
  Task<PeriodAccounts> read_once(Key key);
  Task<void> ask_provider();
  void ask_chain();
  Task<void> add_charges_up(elastic::ShownIndex shown);
  Task<void> ask_rollup(std::string alias);
  /// Notes that a place of the period that is read could not be asked.
  void not_compared(std::string place, const std::string& why);

  elastic::Cluster& cluster_;
  const std::map<std::string, Source*> sources_;
  const std::span<const rollup::Definition> rollups_;
  const Scope scope_;
  const OnProgress on_progress_;
  std::set<std::string> feeds_;
  std::vector<std::string> notes_;
  std::vector<std::string> failures_;
  PeriodAccounts accounts_;  ///< of the period that is read
  audit::Record published_;  ///< the period's newest record; without one, an empty record
  bool recorded_ = false;    ///< there is one
  bool settled_ = true;      ///< what readers see is in the chain
};

}  // namespace billow::proof
