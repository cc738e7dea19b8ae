#include "proof/charges.hpp"

#include "charge/json_members.hpp"
#include "elastic/document_scan.hpp"
#include "elastic/publication.hpp"

#include <utility>

namespace billow::proof {
namespace {

std::string query_of(const std::vector<Slice>& slices) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_text(out, "terms");
  out.StartObject();
  write_text(out, "x_SliceId");
  out.StartArray();
  for (const Slice& slice : slices) write_text(out, slice.id);
  out.EndArray();
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

Task<void> each_charge(elastic::Cluster& cluster, std::string feed, std::string period,
                       std::vector<Slice> slices, TakeCharge take, OnProgress on_progress) {
  Progress progress;
  progress.what = feed + " " + period + ", charges";
  progress.unit = "lines";
  for (const Slice& slice : slices) progress.total += slice.totals.lines;
  elastic::DocumentScan::Request request;
  request.index = elastic::charges_index(feed, period);
  request.query = query_of(slices);
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
