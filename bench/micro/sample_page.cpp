#include "sample_page.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace billow::bench {
namespace {

struct Item {
  std::string_view name;
  std::string_view type;
  std::string_view sku;
  std::string_view unit;
  std::string_view kind;
};

constexpr std::array<Item, 12> items = {{
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.es.datahot.m6gd, 16GB, 3AZ", "capacity",
     "Cloud-Enterprise_aws.es.datahot.m6gd_eu-west-1_16384_3", "hour", "\"elasticsearch\""},
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.es.datawarm.d3, 8GB, 2AZ", "capacity",
     "Cloud-Enterprise_aws.es.datawarm.d3_eu-west-1_8192_2", "hour", "\"elasticsearch\""},
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.es.datacold.d3, 8GB, 1AZ", "capacity",
     "Cloud-Enterprise_aws.es.datacold.d3_eu-west-1_8192_1", "hour", "\"elasticsearch\""},
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.es.datafrozen.i3en, 4GB, 1AZ", "capacity",
     "Cloud-Enterprise_aws.es.datafrozen.i3en_eu-west-1_4096_1", "hour", "\"elasticsearch\""},
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.es.master.c5d, 2GB, 3AZ", "capacity",
     "Cloud-Enterprise_aws.es.master.c5d_eu-west-1_2048_3", "hour", "\"elasticsearch\""},
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.kibana.c5d, 2GB, 2AZ", "capacity",
     "Cloud-Enterprise_aws.kibana.c5d_eu-west-1_2048_2", "hour", "\"kibana\""},
    {"Cloud Enterprise, AWS eu-west-1 (Ireland), aws.integrationsserver.c5d, 1GB, 1AZ", "capacity",
     "Cloud-Enterprise_aws.integrationsserver.c5d_eu-west-1_1024_1", "hour",
     "\"integrations_server\""},
    {"AWS Data Transfer In", "data_in", "aws.data-transfer-in", "GB", "null"},
    {"AWS Data Transfer Out", "data_out", "aws.data-transfer-out", "GB", "null"},
    {"AWS Data Transfer Inter-Node", "data_internode", "aws.data-transfer-inter-node", "GB",
     "null"},
    {"AWS Snapshot Storage", "storage_bytes", "aws.snapshot-storage", "GB", "null"},
    {"AWS Snapshot Storage API", "storage_api", "aws.snapshot-api-1k", "1000 API Calls", "null"},
}};

/// `ten_thousandths` with four decimals.
std::string four_decimals(std::uint64_t ten_thousandths) {
  const std::string digits = std::to_string(10'000 + ten_thousandths % 10'000);
  return std::to_string(ten_thousandths / 10'000) + "." + digits.substr(1);
}

std::string item_text(const Item& item, std::uint64_t cost, std::uint64_t noise) {
  const std::string quantity =
      item.unit == "hour" ? "24" : std::to_string(noise % 500) + "." + std::to_string(noise | 1);
  const std::string rate = four_decimals(noise % 9'000);
  const std::string quantity_in_words =
      "{\"value\":" + quantity + ",\"formatted_value\":\"" + quantity.substr(0, 6) + " units\"";
  return "{\"name\":\"" + std::string(item.name) + "\",\"total_ecu\":" + four_decimals(cost) +
         ",\"type\":\"" + std::string(item.type) + "\",\"sku\":\"" + std::string(item.sku) +
         "\",\"unit\":\"" + std::string(item.unit) + "\",\"quantity\":" + quantity_in_words +
         "},\"display_quantity\":" + quantity_in_words +
         ",\"type\":\"default\"},\"rate\":{\"value\":" + rate + ",\"formatted_value\":\"" + rate +
         " per " + std::string(item.unit) + "\"},\"kind\":" + std::string(item.kind) +
         ",\"quantities\":[]}";
}

}  // namespace

std::string sample_page(std::size_t deployments) {
  std::uint64_t noise = 12'345;
  std::uint64_t page_total = 0;
  std::string list;
  for (std::size_t d = 0; d < deployments; ++d) {
    std::uint64_t total = 0;
    std::string lines;
    for (const Item& item : items) {
      noise = noise * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      const std::uint64_t cost = (noise >> 40U) % 400'000;
      total += cost;
      lines += (lines.empty() ? "" : ",") + item_text(item, cost, noise >> 20U);
    }
    const std::string number = std::to_string(100'000 + d);
    list += std::string(list.empty() ? "" : ",") + "{\"total_ecu\":" + four_decimals(total) +
            ",\"id\":\"4679751e171d403d8603cb1639" + number + "\",\"name\":\"search-" + number +
            "\",\"type\":\"deployment\",\"product_line_items\":[" + lines + "]}";
    page_total += total;
  }
  return "{\"total_ecu\":" + four_decimals(page_total) + ",\"instances\":[" + list + "]}";
}

}  // namespace billow::bench
