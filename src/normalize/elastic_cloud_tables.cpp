#include "normalize/elastic_cloud_tables.hpp"

#include "normalize/lookup.hpp"
#include "normalize/lookup_unit.hpp"

#include <vector>

namespace billow::normalize::elastic_cloud {
namespace {

struct ServiceTable {
  std::vector<Service> services;
  TextIndex by_type;
};

ServiceTable read_service_table() {
  ServiceTable table;
  std::vector<Text> types;
  for (const auto& fields : table_lines(ingest_file("elastic-cloud/services.csv"))) {
    if (fields.size() != 5) continue;  // a test reads the table and finds such lines
    types.push_back(fields[0]);
    table.services.push_back({fields[1], fields[2], fields[3], fields[4]});
  }
  table.by_type = TextIndex(std::move(types));
  return table;
}

}  // namespace

const Service& service_of(Text type) noexcept {
  static const ServiceTable table = read_service_table();
  static const Service unknown = {"Elastic Cloud", "Other", "Other (Other)", {}};
  const std::size_t place = table.by_type.find(type);
  return place == TextIndex::none ? unknown : table.services[place];
}

Text unit_name(Text unit) noexcept {
  static const UnitNames units("elastic-cloud/units.csv");
  return units.find(unit);
}

}  // namespace billow::normalize::elastic_cloud
