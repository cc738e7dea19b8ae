#pragma once

#include "audit/record.hpp"
#include "elastic/cluster.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Writing the audit chain (design.md section 2, step 8). What its records mean is audit/'s.
namespace billow::elastic {

inline constexpr std::string_view audit_index = "billow-audit";
/// The document of billow-state that holds the chain's last record: without it, records taken away
/// at the end would not be missed.
inline constexpr std::string_view audit_head_id = "audit-head";

using AuditHead = audit::ChainEnd;

/// What became of an append.
struct AppendResult {
  audit::Record record;  ///< as it is stored
  /// The publication (feed, period, delivery and token) was in the chain before; nothing was
  /// written.
  bool already_recorded = false;
};

/// Appends the record of a publish to the chain: gives it its place, what it replaced and moved
/// (against the newest record of its feed and period) and its hash. Any number of daemons may
/// append at once. May be repeated with the same publication, which is recorded once; repeating it
/// also heals a head that a crash left behind.
Task<AppendResult> append_audit(Cluster& cluster, audit::Record record);

/// The newest record of a feed and period, also when it was written a moment ago.
Task<std::optional<audit::Record>> last_audited(Cluster& cluster, std::string feed,
                                                std::string period);

/// The head as the last append left it; nullopt when there is none.
Task<std::optional<AuditHead>> read_audit_head(Cluster& cluster);

/// The record that the next one is linked to. `head` is what was known before `tail`, the last
/// record in the index, was read, so a tail that is older or another one was tampered with: then
/// the chain goes on from the head, and what is wrong stays visible for ever. Pure.
AuditHead predecessor(const std::optional<AuditHead>& head, const std::optional<AuditHead>& tail);

}  // namespace billow::elastic
