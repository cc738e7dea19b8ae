#pragma once

#include "audit/finding.hpp"
#include "audit/record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace billow::audit {

/// A document of the chain as it is stored.
struct StoredRecord {
  std::uint64_t place = 0;  ///< what its _id says
  std::uint64_t version = 1;
  std::string source;
};

/// What the chain says readers see of one feed and period.
struct Newest {
  std::uint64_t sequence = 0;
  std::uint64_t token = 0;
  std::string delivery;                ///< Record::delivery_record()
  std::vector<std::string> slice_ids;  ///< sorted
  ControlTotals totals;
  /// False when the record was altered or does not lie in its place: nothing is compared with it.
  bool sound = true;
};

/// Goes along the chain once, record by record, and finds what is wrong with it. Memory grows with
/// the number of records by a few bytes each, and with what is visible now. Pure.
class ChainWalk {
 public:
  /// `head`: where the chain ended before the walk began. `anchors`: ends of it that were noted
  /// elsewhere.
  ChainWalk(std::optional<ChainEnd> head, std::vector<ChainEnd> anchors);

  /// The documents in ascending order of their places.
  void take(const StoredRecord& stored);
  /// A document whose _id is no sequence number as record_id() writes it.
  void take_stranger(const std::string& id);
  /// After the last one. `tokens`: where the feeds' fencing tokens are now; a feed that is not in
  /// it is not checked.
  void end(const std::map<std::string, std::uint64_t>& tokens);

  using Key = std::pair<std::string, std::string>;  ///< feed and period
  const std::map<Key, Newest>& newest() const noexcept { return newest_; }
  const std::vector<Finding>& findings() const noexcept { return findings_; }
  /// What is worth telling and not wrong.
  const std::vector<std::string>& notes() const noexcept { return notes_; }
  std::uint64_t records() const noexcept { return records_; }
  /// Place and hash of the last record.
  const ChainEnd& last() const noexcept { return last_; }

 private:
  void take_readable(const StoredRecord& stored, const Record& record, const std::string& hash);
  void check_link(const Record& record);
  void check_history(const Record& record);
  void check_anchors(std::uint64_t place, const std::string& hash);
  void add(FindingKind kind, std::uint64_t sequence, std::string what);
  void add(FindingKind kind, const Record& record, std::string what);
  void lose_track();
  void end_head();

  std::optional<ChainEnd> head_;
  std::vector<ChainEnd> anchors_;
  std::map<Key, Newest> newest_;
  std::map<Key, std::vector<ReplacedSlice>> shown_;  ///< slices after the newest record
  std::map<std::string, std::map<std::uint64_t, std::uint64_t>> tokens_;  ///< feed: token: record
  std::vector<Finding> findings_;
  std::vector<std::string> notes_;
  std::uint64_t records_ = 0;
  ChainEnd last_;
  bool linked_ = true;    ///< last_.hash is known to be what the next record was made after
  bool complete_ = true;  ///< no record was lost so far: the next must fit to those before
};

}  // namespace billow::audit
