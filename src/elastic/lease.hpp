#pragma once

#include "elastic/cluster.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Who works on a feed now: one document of billow-state a feed, changed by compare-and-set only
/// (design.md section 3). Leases save work; that nothing is published twice is the fencing token's
/// doing (publication.hpp).
namespace billow::elastic {

/// The process that holds a lease, or would.
struct LeaseHolder {
  std::string name;     ///< "<host>:<pid>:<random>"; "": nobody
  std::string machine;  ///< equal for two processes that can see each other's pid; "": unknown
};

/// What the document `lease-<feed>` says.
struct Lease {
  std::string feed;
  LeaseHolder holder;
  std::string renewed_at;   ///< `YYYY-MM-DDTHH:MM:SSZ`, for people: never compared
  std::uint64_t beat = 0;   ///< counts the writes
  std::string checked_at;   ///< end of the last pass by anyone; "": none yet
  bool checked_ok = false;  ///< that pass found everything published or published it
};

/// Which write of the document was read; every write has another.
struct LeaseVersion {
  std::uint64_t seq_no = 0;
  std::uint64_t primary_term = 0;
  bool operator==(const LeaseVersion&) const = default;
};

struct StoredLease {
  Lease lease;
  LeaseVersion version;
};

/// The lease of a feed as it is now; nullopt when there was never one.
Task<std::optional<StoredLease>> read_lease(Cluster& cluster, std::string feed);

/// Writes a lease, provided that the stored one is still `expected` (nullopt: that there is none).
/// Errc::conflict when another process was first. A write of our own whose answer was lost counts
/// as done: holder and beat tell.
Task<LeaseVersion> write_lease(Cluster& cluster, Lease lease, std::optional<LeaseVersion> expected);

std::string lease_json(const Lease& lease);
/// Reads an answer of `GET /billow-state/_doc/lease-<feed>`.
Result<StoredLease> read_lease_answer(std::string_view body);

/// What a process that wants a feed does about its lease.
enum class LeaseMove {
  take,       ///< it is free, or ours
  take_over,  ///< its holder is dead, or has not renewed it for a whole duration
  wait,       ///< somebody works on the feed
};

/// What is known of a lease by looking at it.
struct LeaseView {
  std::string held_by;                        ///< name of the holder; "" when it is free
  bool mine = false;                          ///< the holder is this process
  bool holder_is_dead = false;                ///< on this machine, and known to have ended
  std::chrono::milliseconds unchanged_for{};  ///< by our clock, since we first saw this version
};

struct LeaseDecision {
  LeaseMove move = LeaseMove::wait;
  std::chrono::milliseconds look_again{};  ///< wait: when it may be otherwise
};

/// Decides without a clock: times of other machines do not matter, only that nothing was written
/// for `duration` while we looked.
LeaseDecision decide_lease(const LeaseView& view, std::chrono::milliseconds duration);

}  // namespace billow::elastic
