#include "proof/charges.hpp"

#include "elastic/index_family.hpp"
#include "elastic/slices_query.hpp"
#include "proof/documents.hpp"

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
  TakeDocument take_document =
      [take = std::move(take)](const elastic::ScannedDocument& document) -> Result<void> {
    audit::StoredLine line;
    line.id = document.id;
    line.version = document.version;
    line.source = document.source;
    take(line);
    return boost::system::in_place_value;
  };
  co_return co_await each_document(cluster, std::move(request), std::move(progress),
                                   std::move(take_document), std::move(on_progress));
}

}  // namespace billow::proof
