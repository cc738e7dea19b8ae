#include "aws_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace billow::normalize {
namespace {

using Cells = std::map<std::string, std::string>;  ///< by column

/// What is charged for and who is charged, each in some forms, of one kind of bill.
struct Combinations {
  Rules rules;
  Cells first;  ///< a complete row
  std::vector<Cells> things;
  std::vector<Cells> owners;
};

Combinations cur2() {
  const Cells first = {{"bill_billing_period_start_date", "2026-06-01T00:00:00.000Z"},
                       {"bill_payer_account_id", "012345678901"},
                       {"line_item_currency_code", "USD"},
                       {"line_item_line_item_type", "Usage"},
                       {"line_item_resource_id", ""},
                       {"line_item_unblended_cost", "0.25"},
                       {"line_item_usage_account_id", ""},
                       {"line_item_usage_account_name", ""},
                       {"line_item_usage_amount", "2"},
                       {"line_item_usage_end_date", "2026-06-03T02:00:00.000Z"},
                       {"line_item_usage_start_date", "2026-06-03T00:00:00.000Z"},
                       {"line_item_usage_type", "BoxUsage"},
                       {"pricing_rate_code", "SKU1.TERM.RATE"},
                       {"pricing_unit", "Hrs"},
                       {"product_sku", "SKU1"},
                       {"reservation_reservation_a_r_n", ""},
                       {"reservation_effective_cost", "0.5"},
                       {"reservation_unused_recurring_fee", "0.5"},
                       {"resourceTags/user:Name", ""},
                       {"resource_tags", ""},
                       {"split_line_item_parent_resource_id", ""},
                       {"tags", ""}};
  const std::string arn = "arn:aws:ec2:us-east-1:012345678901:reserved-instances/ri-1";
  return {
      Rules::aws_cur2,
      first,
      {{},
       {{"line_item_usage_type", "DataTransfer, \"out\""}, {"product_sku", "SKU2"}},
       {{"line_item_line_item_type", "RIFee"}, {"reservation_reservation_a_r_n", arn}},
       {{"line_item_line_item_type", "Fee"}, {"reservation_reservation_a_r_n", arn}},
       {{"line_item_line_item_type", "DiscountedUsage"}, {"reservation_reservation_a_r_n", arn}}},
      {{},
       {{"line_item_resource_id", "i-1"}},
       {{"line_item_usage_account_id", "42"}},
       {{"line_item_usage_account_id", "42"}, {"line_item_usage_account_name", "data, \"x\""}},
       {{"line_item_resource_id", "arn:aws:rds:eu-west-1:42:db:orders"},
        {"resource_tags", R"({"user_name":"orders","user_team":"a\"b"})"},
        {"split_line_item_parent_resource_id", "arn:aws:ecs:eu-west-1:42:task/1"}},
       {{"resource_tags", R"({"user_name":"orders"})"}, {"tags", R"({"name":"stock"})"}},
       {{"line_item_resource_id", "i-1"}, {"resourceTags/user:Name", "web"}}}};
}

Combinations focus() {
  const auto cells = focus_cells();
  Cells first(cells.begin(), cells.end());
  for (const char* owner :
       {"ResourceId", "ResourceName", "ResourceType", "SubAccountId", "SubAccountName", "Tags"})
    first[owner] = "";
  for (const char* quantity : {"ConsumedQuantity", "PricingQuantity"}) first[quantity] = "2";
  for (const char* unit : {"ConsumedUnit", "PricingUnit"}) first[unit] = "Hrs";
  first["ListUnitPrice"] = "1";
  first["SkuPriceId"] = "price-1";
  return {Rules::aws_focus,
          first,
          // The last three say in words what the first one says, and have other figures.
          {{},
           {{"ServiceName", "T"}},
           {{"ChargeCategory", "Credit"}},
           {{"ConsumedQuantity", ""}},
           {{"ListUnitPrice", "99"}},
           {{"ConsumedQuantity", ""}, {"ListUnitPrice", "99"}}},
          {{},
           {{"ResourceId", "i-1"}},
           {{"ResourceId", "i-1"}, {"ResourceName", "web"}, {"ResourceType", "Instance"}},
           {{"ResourceName", "of nothing"}},
           {{"SubAccountId", "42"}},
           {{"SubAccountId", "42"}, {"SubAccountName", "data"}},
           {{"Tags", "NULL"}, {"SubAccountId", "42"}},
           {{"Tags", R"({"team":"a"})"}, {"SubAccountId", "42"}}}};
}

/// Every thing with so many of the owners.
std::vector<std::vector<std::string>> rows_of(const Combinations& all, std::size_t owners) {
  std::vector<std::vector<std::string>> rows;
  for (const Cells& thing : all.things) {
    for (std::size_t i = 0; i < owners; ++i) {
      Cells cells = all.owners[i];
      cells.insert(thing.begin(), thing.end());
      cells.insert(all.first.begin(), all.first.end());
      auto& row = rows.emplace_back();
      for (const auto& [column, cell] : cells) row.push_back(cell);
    }
  }
  return rows;
}

/// A row that comes again says what it says alone, whichever parts of it came with others before.
void expect_no_memory(const Combinations& all) {
  std::vector<std::string> columns;
  for (const auto& [column, cell] : all.first) columns.push_back(column);
  const std::string header = csv_line(columns);
  std::string file = header;
  ControlTotals alone;
  std::uint64_t rows = 0;
  // Things that are known by now meet owners that are new, and owners that are known.
  for (const std::size_t owners : {2, 2, 4, 4, 4, 8, 8, 8}) {
    for (const auto& row : rows_of(all, std::min(owners, all.owners.size()))) {
      file += csv_line(row);
      alone.add(totals_of(all.rules, header + csv_line(row)));
      ++rows;
    }
  }
  const ControlTotals together = totals_of(all.rules, file);
  EXPECT_GE(together.lines, rows);
  EXPECT_EQ(together.lines, alone.lines);
  EXPECT_EQ(together.digest, alone.digest);
}

/// A row with odd quotes whose `map` holds what stands in the file for the map of a proper row: it
/// is no charge, and the proper rows are, whichever of them comes first.
void expect_maps_of_their_own(const Combinations& all, const std::string& map,
                              const std::string& text) {
  std::vector<std::string> columns;
  for (const auto& [column, cell] : all.first) columns.push_back(column);
  const auto line = [&](const std::string& said, const std::string& name) {
    std::vector<std::string> row;
    for (const auto& [column, cell] : all.first)
      row.push_back(column == map ? said : column == text ? name : cell);
    return csv_line(row);
  };
  const std::string said = R"({"team":"a"})";
  const std::string header = csv_line(columns);
  const std::string proper = line(said, "disk");
  std::string stands = csv_line({&said, 1});
  stands.pop_back();
  std::string odd = line(stands, "odd");
  odd.replace(odd.find("\"odd\""), 5, "12\" disk");

  const ControlTotals alone = totals_of(all.rules, header + proper + proper);
  EXPECT_EQ(alone.lines, 2U);
  for (const std::string& rows : {odd + proper + proper, proper + odd + proper}) {
    const ControlTotals together = totals_of(all.rules, header + rows);
    EXPECT_EQ(together.lines, alone.lines) << map;
    EXPECT_EQ(together.digest, alone.digest) << map;
  }
}

TEST(AwsRepeat, AMapOfCurIsWhatItsOwnFieldSays) {
  for (const char* map : {"resource_tags", "tags"})
    expect_maps_of_their_own(cur2(), map, "line_item_usage_type");
}
TEST(AwsRepeat, AMapOfFocusIsWhatItsOwnFieldSays) {
  expect_maps_of_their_own(focus(), "Tags", "ServiceName");
}

TEST(AwsRepeat, RowsOfCurSayWhatTheySayAlone) { expect_no_memory(cur2()); }
TEST(AwsRepeat, RowsOfFocusSayWhatTheySayAlone) { expect_no_memory(focus()); }

}  // namespace
}  // namespace billow::normalize
