#include "elastic/copy_slices.hpp"

#include "elastic/document_scan.hpp"
#include "elastic/slices_query.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace billow::elastic {
namespace {

/// Our ids are letters, digits and dashes: nothing of them has to be escaped.
void append(BulkBody& body, const ScannedDocument& document) {
  body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
  body.bytes += R"({"create":{"_id":")" + document.id + "\"}}\n" + document.source + "\n";
}

/// The bodies that hold these documents, none much larger than `bytes_max`.
std::vector<BulkBody> bodies_of(const std::vector<ScannedDocument>& documents, std::string_view to,
                                std::size_t bytes_max) {
  std::vector<BulkBody> bodies;
  for (const ScannedDocument& document : documents) {
    if (bodies.empty() || bodies.back().bytes.size() >= bytes_max) {
      bodies.emplace_back();
      bodies.back().index = to;
    }
    append(bodies.back(), document);
  }
  return bodies;
}

/// Hands what a scan finds to `writer`, page by page.
Task<void> copy_found(Cluster& cluster, DocumentScan::Request request, std::string to,
                      BulkWriter& writer) {
  DocumentScan scan(cluster, std::move(request));
  for (;;) {
    auto page = co_await scan.next();
    if (!page) co_return page.error();
    if (page->empty()) break;
    std::vector<BulkBody> bodies = bodies_of(*page, to, cluster.config().bulk_bytes);
    for (BulkBody& body : bodies) {
      auto submitted = co_await writer.submit(std::move(body));
      if (!submitted) co_return submitted.error();
    }
  }
  co_return co_await scan.close();
}

}  // namespace

Task<std::uint64_t> copy_slices(Cluster& cluster, std::string from, std::string to,
                                std::vector<std::string> slice_ids, BulkOptions options) {
  BulkWriter writer(cluster, std::move(options));
  for (std::size_t first = 0; first < slice_ids.size(); first += slices_at_once) {
    const std::size_t count = std::min(slices_at_once, slice_ids.size() - first);
    DocumentScan::Request request;
    request.index = from;
    request.query = slices_query(std::span(slice_ids).subspan(first, count));
    auto copied = co_await copy_found(cluster, std::move(request), to, writer);
    if (!copied) co_return copied.error();
  }
  auto outcome = co_await writer.drain();
  if (!outcome) co_return outcome.error();
  if (outcome->rejected != 0)
    co_return Error{Errc::rejected, std::to_string(outcome->rejected) + " lines of " + from +
                                        " are not accepted by " + to + ", the first with: " +
                                        outcome->rejected_items.front().reason};
  co_return outcome->stored;
}

}  // namespace billow::elastic
