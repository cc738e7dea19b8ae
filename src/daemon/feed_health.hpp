#pragma once

#include "base/civil_time.hpp"
#include "base/error.hpp"
#include "charge/control_totals.hpp"
#include "sync/feed_sync.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace billow::daemon {

/// The exact sums of the four costs by currency.
using CostSums = std::map<std::string, std::array<DecimalSum, cost_kinds>, std::less<>>;

/// A delivery is usually without its manifest for minutes. After this long something is wrong with
/// the export, or with whatever copies it.
inline constexpr std::chrono::hours delivery_pending_max{24};

/// What readers see of one billing period of a feed, as far as its last pass knew.
struct PeriodHealth {
  std::uint64_t lines = 0;  ///< visible charges
  CostSums costs;           ///< of them
  UnixSeconds data_through = 0;
  /// Lines of the provider's newest statement that cannot become charges, published or not.
  std::uint64_t dead_letters = 0;
  /// Since when files of the next delivery have been there without their manifest; 0: none are.
  UnixSeconds pending_since = 0;

  /// They have been for longer than `delivery_pending_max` at `at`.
  bool is_overdue(UnixSeconds at) const;
};

/// The last publish that replaced figures readers had.
struct Restatement {
  std::string period;
  UnixSeconds at = 0;
  std::uint64_t slices_replaced = 0;
  std::uint64_t lines_replaced = 0;  ///< in those slices; readers see them no more
  std::uint64_t lines_written = 0;   ///< new documents
  std::map<std::string, DecimalSum, std::less<>> moved;  ///< BilledCost after - before by currency
};

/// How a feed is: one document of billow-deliveries, `feed:<id>`, written after every pass. What a
/// failed pass, or one over some periods, cannot know is kept from the pass before. "The last pass"
/// is the last one over all periods, or, until there is one, the first over some.
struct FeedHealth {
  std::string feed;
  std::string kind;
  UnixSeconds last_check = 0;
  UnixSeconds last_success = 0;  ///< of a pass over all periods; 0: never
  std::string status;  ///< of the last pass: "ok", "withheld", "waiting" for a manifest for more
                       ///< than `delivery_pending_max`, or "failing"
  std::string error_code;  ///< of the last pass; "" when it failed in nothing
  std::string error;
  std::string checked_by;  ///< name of the process, as in leases
  std::map<std::string, PeriodHealth> periods;
  std::optional<Restatement> restatement;
  /// Counts and sums of slices that differed in the last pass, or, if more, in one over some
  /// periods since.
  std::uint64_t mismatches = 0;
  std::chrono::milliseconds pass{};
  std::map<std::string, std::chrono::milliseconds> phases;  ///< of the last pass, by phase

  std::uint64_t lines() const;
  std::uint64_t dead_letters() const;
  UnixSeconds delivery_pending_since() const;  ///< of the period that waits longest; 0: none does
  UnixSeconds data_through() const;  ///< end of the last charge day that is visible; 0: none
  CostSums costs() const;

  static std::string document_id(std::string_view feed);
  std::string to_json() const;
  static Result<FeedHealth> from_json(std::string_view json);
};

/// Takes what is stored of a feed's health for what is known of it, unless that is of a later pass:
/// what could not be stored, or was lost, is not forgotten. Pure.
void learn(std::optional<FeedHealth>& known, FeedHealth stored);

/// A pass, and what is to be noted of it.
struct PassNote {
  const sync::FeedOutcome& outcome;
  /// All periods were looked at. A pass over some of them says nothing about the feed as a whole.
  bool whole = true;
  UnixSeconds at = 0;                ///< its end
  std::chrono::milliseconds took{};  ///< from its beginning
};

/// Brings `health` up to what a pass found. Returns the periods of which readers saw something and
/// that have no index any more. Pure.
std::vector<std::string> note_pass(FeedHealth& health, const PassNote& pass);

}  // namespace billow::daemon
