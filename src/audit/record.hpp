#pragma once

#include "base/error.hpp"
#include "charge/control_totals.hpp"
#include "charge/coverage.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace billow::audit {

/// An object that a statement was read from.
struct SourceObject {
  std::string key;
  std::uint64_t size = 0;  ///< bytes
  std::string etag;
  friend bool operator==(const SourceObject&, const SourceObject&) = default;
};

/// A slice that was visible before a publish and is not after it.
struct ReplacedSlice {
  std::string id;
  std::uint64_t lines = 0;
  friend bool operator==(const ReplacedSlice&, const ReplacedSlice&) = default;
};

/// By how much a publish changed what readers see of one currency: after minus before.
struct Movement {
  std::string currency;
  std::int64_t lines = 0;
  std::array<DecimalSum, cost_kinds> sums;
  friend bool operator==(const Movement&, const Movement&) = default;
};

/// PreviousHash of the first record.
inline constexpr std::string_view no_hash =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// Where the chain ends: sequence number and hash of its last record.
struct ChainEnd {
  std::uint64_t sequence = 0;
  std::string hash;
};

/// One link of the audit chain: a publish, what it was made of, what readers see since. A document
/// of billow-audit; never changed.
struct Record {
  std::uint64_t sequence = 0;  ///< 1, 2, 3, ... over all feeds; given by the append
  std::string at;              ///< when it was recorded, `YYYY-MM-DDTHH:MM:SSZ`
  std::string feed;
  std::string kind;    ///< "aws/cur2"
  std::string period;  ///< "2026-06"
  /// The feed's fencing token after the publish moved it: (feed, token) is a publication's
  /// identity.
  std::uint64_t token = 0;
  std::string delivery_id;
  std::string execution_id;
  std::string manifest_key;
  std::string manifest_etag;
  std::vector<SourceObject> objects;  ///< in reading order
  std::uint64_t rows_read = 0;
  std::uint64_t rows_dropped = 0;
  std::uint64_t rows_dead = 0;
  Coverage coverage;          ///< what the delivery spoke for
  std::vector<Part> parts;    ///< the deliveries that `slices` are from; none where one states all
  std::vector<Slice> slices;  ///< everything the period shows after this publish
  std::vector<ReplacedSlice> replaced;
  std::vector<Movement> moved;  ///< every currency there was or is, by its code
  int schema = 0;
  std::string software;
  /// Appended by a later start, since the publisher ended between the publish and its record.
  bool recovered = false;
  std::string previous_hash;
  std::string hash;

  ControlTotals totals() const;
  /// `<feed>:<period>:<delivery>:<attempt>`: the delivery record that the read alias names since
  /// this publish. An attempt's token is the one its publish moved on from.
  std::string delivery_record() const;
  /// Canonical JSON with every member.
  std::string to_json() const;
  static Result<Record> from_json(std::string_view json);
};

/// The _id of a record: its sequence number in at least 12 digits.
std::string record_id(std::uint64_t sequence);

/// Fills `replaced` and `moved`: what changes for readers who saw `before` until now.
void describe_change(Record& record, const std::vector<Slice>& before);
/// What describe_change() finds, without a record.
std::vector<Movement> movements(const ControlTotals& before, const ControlTotals& after);
std::vector<ReplacedSlice> replaced_slices(const std::vector<Slice>& before,
                                           const std::vector<Slice>& after);

/// True when the record has the hash that it states.
bool is_as_written(const Record& record);

/// Gives a record its place in the chain, and its hash.
void seal(Record& record, std::uint64_t sequence, std::string previous_hash);

}  // namespace billow::audit
