#include "aws_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace billow::normalize {
namespace {

using Column = std::pair<std::string, std::string>;  ///< name and the cell of the only row

/// The digest of all that a file of one row, three times, becomes.
std::string digest_of(Rules rules, const std::vector<Column>& columns) {
  std::vector<std::string> header;
  std::vector<std::string> row;
  for (const auto& [name, cell] : columns) {
    header.push_back(name);
    row.push_back(cell);
  }
  std::string file = csv_line(header);
  // The third one is written in the words of the second.
  for (int i = 0; i < 3; ++i) file += csv_line(row);
  const ControlTotals totals = totals_of(rules, file);
  EXPECT_EQ(totals.lines, 3U);
  return totals.digest.to_string();
}

std::vector<Column> cur2_row() {
  return {
      {"line_item_line_item_type", "Usage"},
      {"line_item_unblended_cost", "1.5"},
      {"line_item_currency_code", "USD"},
      {"line_item_usage_start_date", "2026-06-03T00:00:00.000Z"},
      {"line_item_usage_end_date", "2026-06-03T01:00:00.000Z"},
      {"bill_billing_period_start_date", "2026-06-01T00:00:00.000Z"},
      {"bill_payer_account_id", "012345678901"},
      {"resource_tags", R"({"user_team": "a", "user_env": "b", "bare": null})"},
      {"tags", R"({"x":"1","k":"2"})"},
      {"cost_category", R"({"unit":"Labs","team":"Retail \u00e9","n":1.50,"deep":{"b":[1, 2]}})"},
      {"discount", R"({"edp":"-0.1","bundled":"-0.2"})"},
      {"widget_colour", "red"},
      {"widgetColour", "blue"},
      {"fancy_new", "z"}};
}

std::vector<Column> focus_row() {
  std::vector<Column> row = focus_cells();
  const auto more = std::to_array<Column>({
      {"BillingPeriodEnd", "2026-07-01T00:00:00Z"},
      {"SkuPriceDetails", R"({"b":"2","a":{"d": 1}})"},
      {"Tags", R"({"team":"a","env":"b"})"},
      {"x_CostCategories", R"({"unit":"Labs","team":"Retail"})"},
      {"x_Discounts", R"({"edp":-0.1,"bundled":-0.2})"},
      {"Mystery", "m"},
      {"x_Mystery", "n"},
  });
  row.insert(row.end(), more.begin(), more.end());
  return row;
}

void set(std::vector<Column>& columns, const std::string& name, const std::string& cell) {
  const auto at = std::find_if(columns.begin(), columns.end(),
                               [&name](const Column& column) { return column.first == name; });
  ASSERT_NE(at, columns.end()) << name;
  at->second = cell;
}

void turn_maps(std::vector<Column>& columns, const std::vector<Column>& turned) {
  for (const auto& [name, cell] : turned) set(columns, name, cell);
}

TEST(AwsOrder, OfColumnsMakesNoOtherCharge) {
  for (const auto& [rules, row] :
       {std::pair(Rules::aws_cur2, cur2_row()), std::pair(Rules::aws_focus, focus_row())}) {
    EXPECT_EQ(digest_of(rules, {row.rbegin(), row.rend()}), digest_of(rules, row));
    auto other = row;
    other.back().second += "2";
    EXPECT_NE(digest_of(rules, other), digest_of(rules, row));
  }
}

TEST(AwsOrder, OfTheKeysInTheMapsOfCurMakesNoOtherCharge) {
  const std::vector<Column> turned = {
      {"resource_tags", R"({"bare":null,"user_env":"b","user_team":"a"})"},
      {"tags", R"({"k":"2", "x":"1"})"},
      {"cost_category", R"({ "deep":{"b":[1, 2]}, "n":1.50, "team": "Retail é", "unit": "Labs"})"},
      {"discount", R"({"bundled": "-0.2", "edp": "-0.1"})"}};
  auto row = cur2_row();
  turn_maps(row, turned);
  EXPECT_EQ(digest_of(Rules::aws_cur2, row), digest_of(Rules::aws_cur2, cur2_row()));
  for (const auto& [name, cell] :
       {Column("resource_tags", R"({"user_team":"b","user_env":"a","bare":null})"),
        Column("cost_category", R"({"unit":"Retail \u00e9","team":"Labs","n":1.50,"deep":{}})"),
        Column("discount", R"({"edp":"-0.2","bundled":"-0.1"})")}) {
    auto other = cur2_row();
    set(other, name, cell);
    EXPECT_NE(digest_of(Rules::aws_cur2, other), digest_of(Rules::aws_cur2, cur2_row())) << name;
  }
}

TEST(AwsOrder, OfTheKeysInTheMapsOfFocusMakesNoOtherCharge) {
  const std::vector<Column> turned = {{"SkuPriceDetails", R"({"a":{"d":1}, "b":"2"})"},
                                      {"Tags", R"({"env":"b", "team":"a"})"},
                                      {"x_CostCategories", R"({"team":"Retail", "unit":"Labs"})"},
                                      {"x_Discounts", R"({"bundled":-0.2,"edp":-0.1})"}};
  auto row = focus_row();
  turn_maps(row, turned);
  EXPECT_EQ(digest_of(Rules::aws_focus, row), digest_of(Rules::aws_focus, focus_row()));
}

}  // namespace
}  // namespace billow::normalize
