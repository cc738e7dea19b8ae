#include "normalize/aws_tables.hpp"

#include "normalize/lookup.hpp"
#include "normalize/lookup_unit.hpp"

#include <vector>

namespace billow::normalize::aws {
namespace {

struct Services {
  std::vector<Service> services;
  TextIndex by_code;
  TextIndex by_name;
};

Services read_services() {
  Services table;
  std::vector<std::string_view> codes;
  std::vector<std::string_view> names;
  for (const auto& fields : table_lines(ingest_file("aws/services.csv"))) {
    if (fields.size() != 4) continue;  // a test reads the table and finds such lines
    codes.push_back(fields[0]);
    names.push_back(fields[1]);
    table.services.push_back({fields[1], fields[2], fields[3]});
  }
  table.by_code = TextIndex(std::move(codes));
  table.by_name = TextIndex(std::move(names));
  return table;
}

const Services& services() {
  static const Services table = read_services();
  return table;
}

const Service* at(const std::vector<Service>& all, std::size_t place) noexcept {
  return place == TextIndex::none ? nullptr : &all[place];
}

}  // namespace

const Service* find_service(std::string_view product_code) noexcept {
  const Services& table = services();
  return at(table.services, table.by_code.find(product_code));
}

const Service* find_service_by_name(std::string_view name) noexcept {
  const Services& table = services();
  return at(table.services, table.by_name.find(name));
}

std::string_view region_name(std::string_view id) noexcept {
  static const Renaming regions("aws/regions.csv");
  const std::string_view name = regions.find(id);
  return name.empty() ? id : name;
}

std::string_view unit_name(std::string_view unit) noexcept {
  static const UnitNames units("aws/units.csv");
  return units.find(unit);
}

}  // namespace billow::normalize::aws
