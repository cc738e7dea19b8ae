#pragma once

#include "base/task.hpp"
#include "daemon/audit_verdict.hpp"
#include "daemon/command_line.hpp"
#include "daemon/session.hpp"
#include "proof/chain_proof.hpp"
#include "proof/scope.hpp"
#include "proof/source.hpp"

#include <memory>
#include <string>
#include <vector>

namespace billow::daemon {

/// What `billow audit verify` does: the chain first, then, if asked to, every charge. Everything it
/// is given must outlive it.
class Verification {
 public:
  Verification(const Session& session, WorkerPool& pool, const AuditVerifyCommand& command,
               proof::OnProgress on_progress);

  Task<AuditVerdict> run();
  /// The feeds that are in the chain or visible.
  const std::vector<std::string>& feeds() const noexcept { return chain_.feeds; }

 private:
  Task<void> verify_once();
  Task<void> verify_charges();
  std::unique_ptr<proof::Source> source_of(const std::string& feed);

  const Session& session_;
  WorkerPool& pool_;
  const AuditVerifyCommand& command_;
  const proof::OnProgress on_progress_;
  AuditVerdict verdict_;
  proof::ChainProof chain_;
};

}  // namespace billow::daemon
