#include "sync/export_finder.hpp"

#include "sync/read_delivery.hpp"

#include <utility>

namespace billow::sync {

Task<std::vector<Discovered>> ExportFinder::discover() { return discover_periods(store_, config_); }

Task<Delivery> ExportFinder::read(Discovered discovered, Coverage coverage) {
  return read_delivery(store_, config_, std::move(discovered), coverage);
}

Task<FoundDelivery> ExportFinder::recall(audit::Record record) {
  Discovered discovered;
  discovered.period = record.period;
  discovered.manifest_key = record.manifest_key;
  discovered.manifest_etag = record.manifest_etag;
  const std::size_t metadata = record.manifest_key.rfind("/metadata/");
  discovered.export_root = record.manifest_key.substr(0, metadata);
  FoundDelivery found;
  auto delivery = co_await read_delivery(store_, config_, std::move(discovered), record.coverage);
  if (!delivery && delivery.error().code != Errc::not_found) co_return delivery.error();
  if (!delivery)
    found.missing = "the source no longer has the objects: " + delivery.error().detail;
  else if (delivery->id != record.delivery_id)
    found.missing = "the source no longer has the objects: " + store_.name() + "/" +
                    record.manifest_key + " or the files it names were written anew";
  else
    found.delivery = *std::move(delivery);
  co_return found;
}

}  // namespace billow::sync
