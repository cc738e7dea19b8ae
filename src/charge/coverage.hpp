#pragma once

#include "charge/control_totals.hpp"
#include "charge/json_members.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What deliveries speak for, and which of them a period is made of.
namespace billow {

/// What a delivery of a feed states: a period as a whole, some days of it as a whole, or lines in
/// addition to those stated before.
enum class DeliveryKind { full, window, delta };

/// "full", "window" or "delta".
std::string_view name_of(DeliveryKind kind) noexcept;

/// What a delivery speaks for. What it does not speak for stays as it is.
struct Coverage {
  DeliveryKind kind = DeliveryKind::full;
  std::int32_t first_day = 0;  ///< window only: days since 1970-01-01
  std::int32_t end_day = 0;    ///< window only: the day after the last

  /// True when it states these charges anew, so that what was stated of them before holds no
  /// longer: full all of the period, window its days, delta nothing. A charge belongs to the day
  /// on which it begins, however long it lasts.
  bool replaces(const SliceKey& key) const noexcept;
  /// True when such charges may come in it: a window's lie within its days.
  bool admits(const SliceKey& key) const noexcept;
  /// True when nothing of what `older` spoke for is left to it once this one is published.
  bool supersedes(const Coverage& older) const noexcept;

  friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// One of the deliveries that a period of windows or deltas is made of.
struct Part {
  std::string delivery_id;
  int schema = 0;  ///< of the rules that made its charges
  /// What it still speaks for: the days that later windows state are taken off, as long as days in
  /// a row are left.
  Coverage coverage;
  std::uint64_t rows_dead = 0;         ///< its rows that could not become charges
  std::vector<std::string> slice_ids;  ///< visible slices that were loaded from it, sorted

  /// False when all its days were stated again; its slices may still be visible, since they were
  /// the same.
  bool stands() const noexcept;
  friend bool operator==(const Part&, const Part&) = default;
};

/// What is left of `parts` once a delivery with this coverage is published and readers see the
/// slices `shown` (sorted) of what they saw. Pure.
std::vector<Part> remaining_parts(std::vector<Part> parts, const Coverage& published,
                                  const std::vector<std::string>& shown);

/// "Coverage" and "Parts", which a full delivery has not.
void write_coverage(JsonWriter& out, const Coverage& coverage, const std::vector<Part>& parts);
Coverage read_coverage(const JsonReader& in);
std::vector<Part> read_parts(const JsonReader& in);

}  // namespace billow
