#pragma once

#include "rollup/definition.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A transform that runs once over slices: what Elasticsearch is sent, and what it says of it.
/// Pure. https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-transform
namespace billow::rollup {

/// Groups in one search of a transform. Every page looks at all charges of the slices, so pages are
/// large; Elasticsearch allows 10 to 65,536 and takes fewer when memory is short.
inline constexpr int transform_page_groups = 10'000;
/// How often a transform tries again by itself, 5 to 64 s apart, before it fails.
inline constexpr int transform_retries = 6;
/// How long a transform may be without a node before it counts as lost.
inline constexpr std::chrono::milliseconds unassigned_max{5'000};
/// How long it may stand still: its retries take less.
inline constexpr std::chrono::milliseconds silence_max{300'000};

/// "billow-<feed>-<definition>": always the same, so that whoever runs it next finds what a daemon
/// left that was killed. At most 64 of a-z, 0-9 and '-', no '-' at its ends, as Elasticsearch asks.
std::string transform_id(const Definition& definition, std::string_view feed);

/// "", or why a transform cannot make the documents that the daemon makes: a dot in the name of a
/// group becomes an object in its documents, and names of aggregations have no '[', ']' and '>'.
std::string transform_obstacle(const Definition& definition);

/// Body of PUT _transform for the charges in index `charges` that `query` (JSON) finds. Without
/// `sync` it ends after one checkpoint.
std::string transform_body(const Definition& definition, std::string_view charges,
                           std::string_view rollup, const std::string& query);

/// What _stats says of one transform.
struct TransformStats {
  std::string state;             ///< "started", "indexing", "stopped", "failed", "waiting", ...;
                                 ///< "": there is no such transform
  std::string reason;            ///< in Elasticsearch's words, or ""
  std::uint64_t checkpoint = 0;  ///< the last that is complete
  std::uint64_t processed = 0;   ///< charges read
  std::uint64_t indexed = 0;     ///< documents written
  std::uint64_t search_failures = 0;
  std::uint64_t index_failures = 0;

  friend bool operator==(const TransformStats&, const TransformStats&) = default;
};
Result<TransformStats> read_transform_stats(const std::string& json);

/// Judges one look at a running transform after another.
class TransformWatch {
 public:
  explicit TransformWatch(std::string id) : id_(std::move(id)) {}

  /// True when the transform has done all of its work. `since_start`: when `stats` were true.
  /// Errc::rejected when it failed, was stopped, found no node or stands still; Errc::transient
  /// when somebody else has removed it.
  Result<bool> look(const TransformStats& stats, std::chrono::milliseconds since_start);

 private:
  Error lost(const TransformStats& stats, std::string_view what) const;

  std::string id_;
  TransformStats last_;
  std::chrono::milliseconds moved_at_{0};     ///< when something was last seen to change
  std::chrono::milliseconds assigned_at_{0};  ///< when it was last seen on a node
  int stopped_looks_ = 0;
};

}  // namespace billow::rollup
