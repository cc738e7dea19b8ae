#include "proof/charges.hpp"

#include "elastic/document_scan.hpp"
#include "elastic/index_family.hpp"
#include "elastic/slices_query.hpp"

#include <utility>

namespace billow::proof {

ChargesOf charges_of(std::string feed, std::string period, const std::vector<Slice>& slices) {
  ChargesOf of;
  of.feed = std::move(feed);
  of.period = std::move(period);
  for (const Slice& slice : slices) {
    of.slice_ids.push_back(slice.id);
    of.lines += slice.totals.lines;
  }
  return of;
}

Task<void> each_charge(elastic::Cluster& cluster, ChargesOf of, TakeCharge take,
                       OnProgress on_progress) {
  Progress progress;
  progress.what = of.feed + " " + of.period + ", charges";
  progress.unit = "lines";
  progress.total = of.lines;
  elastic::DocumentScan::Request request;
  auto index = co_await elastic::find_charges(cluster, of.feed, of.period);
  if (!index) co_return index.error();
  request.index = *std::move(index);
  request.query = elastic::slices_query(of.slice_ids);
  elastic::DocumentScan scan(cluster, std::move(request));
  for (;;) {
    auto page = co_await scan.next();
    if (!page) co_return page.error();
    if (page->empty()) break;
    for (const elastic::ScannedDocument& document : *page) {
      audit::StoredLine line;
      line.id = document.id;
      line.version = document.version;
      line.source = document.source;
      take(line);
    }
    progress.done += page->size();
    on_progress(progress);
  }
  co_return co_await scan.close();
}

}  // namespace billow::proof
