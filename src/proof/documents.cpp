#include "proof/documents.hpp"

#include <utility>

namespace billow::proof {

Task<void> each_document(elastic::Cluster& cluster, elastic::DocumentScan::Request request,
                         Progress progress, TakeDocument take, OnProgress on_progress) {
  elastic::DocumentScan scan(cluster, std::move(request));
  for (;;) {
    auto page = co_await scan.next();
    if (!page) co_return page.error();
    if (page->empty()) break;
    for (const elastic::ScannedDocument& document : *page) {
      auto taken = take(document);
      if (taken) continue;
      auto closed = co_await scan.close();
      co_return closed ? taken.error() : closed.error();
    }
    progress.done += page->size();
    on_progress(progress);
  }
  co_return co_await scan.close();
}

}  // namespace billow::proof
