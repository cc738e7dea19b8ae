#include "elastic/charges_index.hpp"

namespace billow::elastic {

Task<void> ensure_charges_index(Cluster& cluster, std::string index) {
  auto exists = co_await cluster.call("HEAD", "/" + index);
  if (!exists) co_return exists.error();
  if (exists->status == 404) {
    auto made = co_await cluster.call("PUT", "/" + index);
    if (!made) co_return made.error();
    // Another writer, or the first try of a repeated request, may have been first.
    const bool raced =
        made->status == 400 && made->body.find("resource_already_exists") != std::string::npos;
    if (made->status >= 300 && !raced) {
      const Errc code =
          made->status == 401 || made->status == 403 ? Errc::unauthorized : Errc::rejected;
      co_return Error{code, "creating index " + index + ": " + reason_of(*made)};
    }
  }
  auto mapping =
      co_await cluster.request("GET", "/" + index + "/_mapping/field/BilledCost,x_SliceId");
  if (!mapping) co_return mapping.error();
  const bool shaped = mapping->find("\"BilledCost\":{\"type\":\"double\"") != std::string::npos &&
                      mapping->find("\"x_SliceId\":{\"type\":\"keyword\"") != std::string::npos;
  if (!shaped) {
    co_return Error{Errc::bad_config,
                    "index " + index +
                        " does not have Billow's mapping: run `billow setup`, then delete "
                        "the index if it is empty"};
  }
  co_return boost::system::in_place_value;
}

}  // namespace billow::elastic
