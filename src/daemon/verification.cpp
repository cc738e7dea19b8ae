#include "daemon/verification.hpp"

#include "proof/period_proof.hpp"

#include <spdlog/spdlog.h>

#include <iterator>
#include <utility>

namespace billow::daemon {
namespace {

/// Something published while charges are read makes a verification begin again.
constexpr int verify_rounds_max = 5;

}  // namespace

Verification::Verification(const Session& session, WorkerPool& pool,
                           const AuditVerifyCommand& command, proof::OnProgress on_progress)
    : session_(session), pool_(pool), command_(command), on_progress_(std::move(on_progress)) {}

Task<AuditVerdict> Verification::run() {
  for (int round = 1;; ++round) {
    auto verified = co_await verify_once();
    if (verified) co_return std::move(verdict_);
    if (verified.error().code != Errc::conflict || round == verify_rounds_max)
      co_return verified.error();
    spdlog::info("audit verify: {}; beginning again", verified.error().detail);
  }
}

Task<void> Verification::verify_once() {
  verdict_ = AuditVerdict();
  proof::Scope scope;
  scope.feeds = command_.feeds;
  scope.period = command_.period;
  proof::ChainProver prover(*session_.cluster, std::move(scope), command_.anchors, on_progress_);
  auto chain = co_await prover.run();
  if (!chain) co_return chain.error();
  chain_ = *std::move(chain);
  verdict_.records = chain_.records;
  verdict_.last = chain_.last;
  verdict_.periods = chain_.newest.size();
  verdict_.findings = std::move(chain_.findings);
  verdict_.notes = std::move(chain_.notes);
  for (const std::string& asked : chain_.absent)
    verdict_.failures.push_back(asked + ": nothing to prove: it was never published");
  if (!command_.deep) co_return boost::system::in_place_value;
  co_return co_await verify_charges();
}

std::unique_ptr<proof::Source> Verification::source_of(const std::string& feed) {
  SessionFeed* const found = session_.find(feed);
  if (found == nullptr || !command_.source) return nullptr;
  return std::make_unique<proof::Source>(*found->store, pool_, found->config, found->definition,
                                         on_progress_);
}

Task<void> Verification::verify_charges() {
  verdict_.charges.emplace();
  bool reachable = true;
  std::size_t left_out = 0;
  for (const auto& [key, newest] : chain_.newest) {
    if (!newest.sound) continue;
    if (!reachable) {
      ++left_out;
      continue;
    }
    const std::unique_ptr<proof::Source> source = source_of(key.first);
    if (source == nullptr && command_.source)
      verdict_.notes.push_back(key.first + " " + key.second +
                               ": the feed is not configured, so its source was not read");
    proof::PeriodProver prover(*session_.cluster, source.get(), on_progress_);
    auto proof = co_await prover.run(newest.sequence, chain_.shown.at(key));
    if (!proof && (proof.error().code == Errc::conflict || proof.error().code == Errc::cancelled))
      co_return proof.error();
    if (!proof) {
      verdict_.failures.push_back(key.first + " " + key.second +
                                  ": its charges were not verified: " + proof.error().detail);
      reachable = !retryable(proof.error().code);
      continue;
    }
    ++verdict_.charges->periods;
    verdict_.charges->lines += proof->lines;
    verdict_.charges->periods_from_source += proof->source_read ? 1 : 0;
    std::move(proof->findings.begin(), proof->findings.end(),
              std::back_inserter(verdict_.findings));
    std::move(proof->notes.begin(), proof->notes.end(), std::back_inserter(verdict_.notes));
    std::move(proof->failures.begin(), proof->failures.end(),
              std::back_inserter(verdict_.failures));
  }
  if (left_out > 0)
    verdict_.failures.push_back("periods after it whose charges were not read: " +
                                std::to_string(left_out));
  co_return boost::system::in_place_value;
}

}  // namespace billow::daemon
