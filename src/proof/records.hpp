#pragma once

#include "audit/chain_walk.hpp"
#include "audit/record.hpp"
#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "elastic/document_scan.hpp"
#include "proof/scope.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace billow::proof {

/// Reads records of the audit chain in the order of their places. `cluster` must outlive it.
class RecordReader {
 public:
  RecordReader(elastic::Cluster& cluster, OnProgress on_progress);

  /// Documents of the chain by their _ids.
  struct Listed {
    std::vector<std::uint64_t> places;   ///< ascending
    std::vector<std::string> strangers;  ///< _ids that no record has
  };
  /// Those a query (JSON) finds; none when there is no chain.
  Task<Listed> list(std::string query);

  /// Called with every document, as it is stored.
  using Take = std::function<void(const audit::StoredRecord&)>;
  /// Hands over the documents at these places. What is gone by now is left out.
  Task<void> read(std::vector<std::uint64_t> places, Take take);

 private:
  Task<std::vector<elastic::ScannedDocument>> get(std::vector<std::string> ids);

  elastic::Cluster& cluster_;
  const OnProgress on_progress_;
};

/// The record of this sequence number as it is stored; Errc::not_found when there is none.
Task<audit::Record> read_record(elastic::Cluster& cluster, std::uint64_t sequence);

}  // namespace billow::proof
