#pragma once

#include "elastic/cluster.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Reading very many documents, of one moment and in bounded memory.
namespace billow::elastic {

/// A document as it is stored: every byte of its source.
struct ScannedDocument {
  std::string id;
  std::uint64_t version = 0;
  std::string source;  ///< "" where it was not asked for
};

/// Goes over every document of an index that a query finds, page by page, all as they were when the
/// scan began. In no order. `cluster` must outlive it.
class DocumentScan {
 public:
  struct Request {
    std::string index;
    std::string query = R"({"match_all":{}})";
    bool sources = true;
    std::size_t page = 2'000;  ///< documents at once; fewer where they are too large
  };
  DocumentScan(Cluster& cluster, Request request);

  /// The next documents; none at the end, and none of an index that is not there. Errc::not_found
  /// when an index of the scan was deleted since it began: only another scan can go on.
  Task<std::vector<ScannedDocument>> next();
  /// Gives back what the scan holds in Elasticsearch; it would do so itself after some minutes.
  Task<void> close();

 private:
  Task<void> open();
  std::string body() const;

  Cluster& cluster_;
  Request request_;
  std::string pit_;    ///< the point in time that is read; "" before the first page
  std::string after_;  ///< sort values of the last document, JSON; "" before the first page
  bool ended_ = false;
};

/// The documents of these ids, in this order, as they are now whether the index was refreshed or
/// not. What is not there is left out. At most some hundreds at once.
Task<std::vector<ScannedDocument>> get_documents(Cluster& cluster, std::string index,
                                                 std::vector<std::string> ids);

/// A page of a scan as Elasticsearch answers it.
struct ScanPage {
  std::vector<ScannedDocument> documents;
  std::string pit;    ///< to go on with
  std::string after;  ///< sort values of the last document, JSON; "" when there is none
};
/// Reads the answer to a search. Errc::transient when it is not complete. Pure.
Result<ScanPage> read_scan_page(std::string json);
/// Reads the answer to _mget. Pure.
Result<std::vector<ScannedDocument>> read_documents_answer(std::string json);

}  // namespace billow::elastic
