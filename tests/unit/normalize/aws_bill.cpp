#include "aws_bill.hpp"

#include "normalize/csv_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace billow::normalize {
namespace {

class TestSink final : public ChargeSink {
 public:
  void emit(const Charge& charge) override { charges.push_back(columns_of(charge)); }
  std::vector<Columns> charges;
};

void put(Columns& columns, std::string name, Text text) {
  if (text.empty()) return;
  EXPECT_TRUE(columns.emplace(std::move(name), text).second) << "a column twice";
}

void put(Columns& columns, std::string name, const Number& number) {
  if (!number.has_value()) return;
  const auto parsed = Decimal::parse(number.text);
  EXPECT_TRUE(parsed && *parsed == number.value)
      << name << ": text " << number.text << ", value " << number.value.to_string();
  put(columns, std::move(name), number.text);
}

std::string in_csv(const std::string& cell) {
  if (cell.find_first_of(",\"\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace

Columns columns_of(const Charge& charge) {
  Columns columns;
  for (std::size_t i = 0; i < text_columns; ++i) {
    put(columns, std::string(name_of(static_cast<TextColumn>(i))), charge.texts[i]);
  }
  for (std::size_t i = 0; i < number_columns; ++i) {
    put(columns, std::string(name_of(static_cast<NumberColumn>(i))), charge.numbers[i]);
  }
  put(columns, "BillingPeriodStart", format_time(charge.billing_period_start));
  put(columns, "BillingPeriodEnd", format_time(charge.billing_period_end));
  put(columns, "ChargePeriodStart", format_time(charge.charge_period_start));
  put(columns, "ChargePeriodEnd", format_time(charge.charge_period_end));
  for (const Tag& tag : charge.tags) {
    put(columns, "tag:" + std::string(tag.key),
        tag.value.data() == nullptr ? Text("(true)") : tag.value);
  }
  for (const ExtraText& extra : charge.extra_texts)
    put(columns, std::string(extra.name), extra.value);
  for (const ExtraNumber& extra : charge.extra_numbers)
    put(columns, std::string(extra.name), extra.value);
  put(columns, "x_LineItemId", charge.line_item_id);
  return columns;
}

Converted convert_row(RowRules& rules, const std::vector<std::string>& cells) {
  Scratch scratch;
  TestSink sink;
  // As it stands in a file, so that rules which know rows again do.
  std::string line;
  std::vector<std::uint32_t> ends;
  for (const std::string& cell : cells) {
    line += in_csv(cell);
    ends.push_back(static_cast<std::uint32_t>(line.size()));
    line += ',';
  }
  line.append(csv_index_slack, ' ');
  const RowOutcome outcome = rules.convert(Row(line.data(), 0, ends, scratch), scratch, sink);
  EXPECT_TRUE(outcome.fate == Fate::charged || sink.charges.empty())
      << "a row without a charge emits nothing";
  return {outcome.fate, std::string(outcome.column), outcome.reason, std::move(sink.charges)};
}

Bill& Bill::with(std::string_view column, std::string_view value) {
  const auto at = std::find_if(first_.begin(), first_.end(),
                               [&](const auto& cell) { return cell.first == column; });
  if (at != first_.end()) {
    at->second = value;
  } else {
    first_.emplace_back(column, value);
    bound_ = false;
  }
  return *this;
}

Bill& Bill::without(std::string_view column) {
  std::erase_if(first_, [&](const auto& cell) { return cell.first == column; });
  bound_ = false;
  return *this;
}

Result<HeaderFindings> Bill::bind() {
  std::vector<std::string> header;
  for (const auto& [name, text] : first_) header.push_back(name);
  bound_ = true;
  return rules_->bind(header);
}

Converted Bill::convert(const Cells& changes) {
  for (const auto& [name, text] : changes) {
    const auto known = std::any_of(first_.begin(), first_.end(),
                                   [&](const auto& cell) { return cell.first == name; });
    if (!known) with(name);
  }
  if (!bound_) {
    const auto findings = bind();
    EXPECT_TRUE(findings) << findings.error().detail;
  }
  std::vector<std::string> cells;
  for (const auto& [name, text] : first_) {
    const auto at = std::find_if(changes.begin(), changes.end(),
                                 [&](const auto& change) { return change.first == name; });
    cells.push_back(at == changes.end() ? text : at->second);
  }
  return convert_row(*rules_, cells);
}

Columns Bill::charge(const Cells& changes) {
  const Converted converted = convert(changes);
  EXPECT_EQ(converted.fate, Fate::charged) << converted.column << ": " << converted.reason;
  EXPECT_EQ(converted.charges.size(), 1U);
  return converted.charges.empty() ? Columns() : converted.charges[0];
}

UnixSeconds june() { return *parse_month("2026-06"); }

Bill cur2_bill() {
  return {make_aws_cur2_rules(june()),
          {{"bill_bill_type", "Anniversary"},
           {"bill_billing_entity", "AWS"},
           {"bill_billing_period_end_date", "2026-07-01T00:00:00.000Z"},
           {"bill_billing_period_start_date", "2026-06-01T00:00:00.000Z"},
           {"bill_invoicing_entity", "Amazon Web Services, Inc."},
           {"bill_payer_account_id", "012345678901"},
           {"bill_payer_account_name", "Acme Payer"},
           {"identity_line_item_id", "line-1"},
           {"line_item_availability_zone", "us-east-1a"},
           {"line_item_currency_code", "USD"},
           {"line_item_legal_entity", "Amazon Web Services, Inc."},
           {"line_item_line_item_description", "$0.096 per m5.large hour"},
           {"line_item_line_item_type", "Usage"},
           {"line_item_operation", "RunInstances"},
           {"line_item_product_code", "AmazonEC2"},
           {"line_item_resource_id", "i-0a1b2c3d"},
           {"line_item_unblended_cost", "0.1920000000"},
           {"line_item_usage_account_id", "000000000042"},
           {"line_item_usage_account_name", "data"},
           {"line_item_usage_amount", "2.0"},
           {"line_item_usage_end_date", "2026-06-03T02:00:00.000Z"},
           {"line_item_usage_start_date", "2026-06-03T00:00:00.000Z"},
           {"line_item_usage_type", "BoxUsage:m5.large"},
           {"pricing_public_on_demand_rate", "0.0960000000"},
           {"pricing_rate_code", "SKU1.TERM.RATE"},
           {"pricing_unit", "Hrs"},
           {"product_region_code", "us-east-1"},
           {"product_sku", "SKU1"},
           {"resource_tags", R"({"user_name":"web-1","user_team":"shop"})"}}};
}

}  // namespace billow::normalize
