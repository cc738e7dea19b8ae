#include "sync/standing_deliveries.hpp"

#include "elastic/records.hpp"

#include <utility>

namespace billow::sync {
namespace {

constexpr std::size_t standing_records_max = 1'000;

/// The records of a feed that are not history. Its id is letters, digits and dashes.
std::string standing_query(const std::string& feed) {
  std::string states;
  for (const DeliveryState state : open_states)
    states += (states.empty() ? "\"" : ",\"") + std::string(name_of(state)) + "\"";
  return R"({"size":)" + std::to_string(standing_records_max) +
         R"(,"query":{"bool":{"filter":[{"term":{"x_FeedId":")" + feed +
         R"("}},{"terms":{"State":[)" + states + "]}}]}}}";
}

}  // namespace

std::map<std::string, Delivery> standing_deliveries(const std::vector<Discovered>& settled,
                                                    const std::vector<DeliveryRecord>& records) {
  std::map<std::string, std::vector<const DeliveryRecord*>> of_period;
  for (const DeliveryRecord& record : records) of_period[record.period].push_back(&record);
  std::map<std::string, Delivery> standing;
  for (const Discovered& period : settled) {
    const auto found = of_period.find(period.period);
    if (!period.settled || found == of_period.end() || found->second.size() != 1) continue;
    const DeliveryRecord& record = *found->second.front();
    if (record.state != DeliveryState::published || record.manifest_key != period.manifest_key)
      continue;
    Delivery& delivery = standing[period.period];
    delivery.period = record.period;
    delivery.id = record.delivery_id;
    delivery.execution_id = record.execution_id;
    delivery.manifest.key = record.manifest_key;
    delivery.manifest.etag = record.manifest_etag;
    delivery.coverage = record.coverage;
    delivery.objects = record.objects;
  }
  return standing;
}

Task<std::map<std::string, Delivery>> read_standing(elastic::Cluster& cluster, std::string feed,
                                                    std::vector<Discovered> discovered) {
  std::erase_if(discovered, [](const Discovered& period) { return !period.settled; });
  if (discovered.empty()) co_return std::map<std::string, Delivery>();
  auto documents = co_await elastic::search_documents(
      cluster, std::string(elastic::deliveries_index), standing_query(feed));
  if (!documents) co_return documents.error();
  // Where some are left out, it cannot be told for which period something is left open.
  if (documents->size() >= standing_records_max) co_return std::map<std::string, Delivery>();
  std::vector<DeliveryRecord> records;
  for (const elastic::Document& document : *documents) {
    auto record = DeliveryRecord::from_json(document.source);
    if (record) records.push_back(*std::move(record));
  }
  co_return standing_deliveries(discovered, records);
}

}  // namespace billow::sync
