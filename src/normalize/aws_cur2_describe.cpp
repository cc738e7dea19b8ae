#include "normalize/aws_cur2.hpp"
#include "normalize/aws_tables.hpp"

namespace billow::normalize::aws {

using enum TextColumn;

void Cur2Rules::describe(const Cells& cells, const Line& line, const Figures& figures,
                         Scratch& scratch) {
  charge_.billing_period_start = line.billing_start;
  charge_.billing_period_end = line.billing_end;
  charge_[BillingCurrency] = charge_[PricingCurrency] = line.currency;
  describe_parties(cells, line);
  describe_service(cells);
  const Text region = cells[Cur2::product_region_code];
  if (!region.empty() && region != "global") {
    charge_[RegionId] = region;
    charge_[RegionName] = region_name(region);
  }
  charge_[AvailabilityZone] = cells[Cur2::line_item_availability_zone];
  charge_[ChargeDescription] = cells[Cur2::line_item_line_item_description];
  describe_extras(cells, line, figures);
  describe_charge(cells, line, figures, scratch);
}

void Cur2Rules::describe_service(const Cells& cells) {
  Text code = cells[Cur2::line_item_product_code];
  if (code.empty()) code = cells[Cur2::product_servicecode];
  if (const Service* const service = find_service(code)) {
    charge_[ServiceName] = service->name;
    charge_[ServiceCategory] = service->category;
    charge_[ServiceSubcategory] = service->subcategory;
  } else {
    // A charge of no product, such as a credit on the account, is one of whoever made it.
    charge_[ServiceName] = code.empty() ? charge_[ServiceProviderName] : code;
    charge_[ServiceCategory] = "Other";
    charge_[ServiceSubcategory] = "Other (Other)";
  }
  if (!code.empty()) charge_.extra_texts.push_back({"x_ServiceCode", code});
}

void Cur2Rules::describe_parties(const Cells& cells, const Line& line) {
  charge_[ServiceProviderName] = "AWS";
  charge_[HostProviderName] = "AWS";
  if (cells[Cur2::bill_billing_entity] == "AWS Marketplace") {
    Text seller = line.product->vendor;
    if (seller.empty()) seller = cells[Cur2::line_item_legal_entity];
    if (!seller.empty()) charge_[ServiceProviderName] = seller;
  }
  const Text issuer = cells[Cur2::bill_invoicing_entity];
  charge_[InvoiceIssuerName] = issuer.empty() ? "AWS" : issuer;
  charge_[InvoiceId] = cells[Cur2::bill_invoice_id];
  charge_[BillingAccountId] = cells[Cur2::bill_payer_account_id];
  charge_[BillingAccountName] = cells[Cur2::bill_payer_account_name];
  charge_[BillingAccountType] = "AWS Payer Account";
}

void Cur2Rules::describe_extras(const Cells& cells, const Line& line, const Figures& figures) {
  const auto keep = [this](std::string_view name, Text value) {
    if (!value.empty()) charge_.extra_texts.push_back({name, value});
  };
  keep("x_LineItemType", cells[Cur2::line_item_line_item_type]);
  keep("x_BillType", cells[Cur2::bill_bill_type]);
  keep("x_UsageType", line.usage_type);
  keep("x_Operation", cells[Cur2::line_item_operation]);
  keep("x_LegalEntity", cells[Cur2::line_item_legal_entity]);
  keep("x_TaxType", cells[Cur2::line_item_tax_type]);
  keep("x_CostCategories", line.cost_categories);
  // Those that vary are there even when they are empty: lines like this one may have them.
  if (binding_.has(Cur2::discount)) {
    charge_.extra_texts.push_back({"x_Discounts", figures.discounts, true});
  }
  for (const ExtraColumn& column : binding_.extras) {
    const Text value = cells.row.field(column.place);
    if (column.varies || !value.empty())
      charge_.extra_texts.push_back({column.name, value, column.varies});
  }
  for (const std::string_view name : {"x_UnblendedCost", "x_NetUnblendedCost", "x_BlendedCost"})
    charge_.extra_numbers.push_back({name, {}});
}

void Cur2Rules::set_capacity_reservation(const Cells& cells) {
  const Text arn = cells[Cur2::capacity_reservation_arn];
  if (arn.empty()) return;
  charge_[CapacityReservationId] = arn;
  const auto says_unused = [](Text text) {
    return text.find("Unused") != Text::npos || text.find("unused") != Text::npos ||
           text.find("UNUSED") != Text::npos;
  };
  if (says_unused(cells[Cur2::capacity_reservation_status]) ||
      says_unused(cells[Cur2::capacity_reservation_type])) {
    charge_[CapacityReservationStatus] = "Unused";
  } else if (charge_[ChargeCategory] == "Usage") {
    charge_[CapacityReservationStatus] = "Used";
  }
}

Text last_segment(Text arn) noexcept {
  std::size_t start = arn.size();
  while (start > 0 && arn[start - 1] != ':' && arn[start - 1] != '/') --start;
  return arn.substr(start);
}

}  // namespace billow::normalize::aws
