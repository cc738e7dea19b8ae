#include "normalize/aws_cur2.hpp"

#include "normalize/lookup_currency.hpp"

namespace billow::normalize {

std::unique_ptr<RowRules> make_aws_cur2_rules(UnixSeconds period) {
  return std::make_unique<aws::Cur2Rules>(period);
}

namespace aws {

Result<HeaderFindings> Cur2Rules::bind(std::span<const std::string> header) {
  auto binding = bind_cur2(header);
  if (!binding) return binding.error();
  binding_ = *std::move(binding);
  repeated_.bind(header.size(), binding_.varying);
  owners_.bind(header.size(), all_but(header.size(), binding_.owner));
  return binding_.findings;
}

RowOutcome Cur2Rules::convert(const Row& row, Scratch& scratch, ChargeSink& sink) {
  const Cells cells{row, binding_};
  Kept* kept = repeated_.find(row);
  Line fresh;
  Figures figures;
  fault_.found = false;
  if (kept == nullptr && !read_line(cells, fresh, scratch)) return fault_.outcome();
  const Line& line = kept == nullptr ? fresh : kept->line;
  Owner owner;
  if (!read_owner(cells, line, owner)) return fault_.outcome();
  if (!read_figures(cells, line, figures, scratch)) return fault_.outcome();

  const bool is_negation = line.type == LineType::savings_plan_negation;
  if (is_negation || line.type == LineType::savings_plan_covered_usage) {
    const Decimal undone = figures.unblended.has_value() ? figures.unblended.value : Decimal{};
    negations_.add(line.plan, figures.start, line.currency, undone);
  }
  if (kept != nullptr) {
    if (is_negation) return {Fate::dropped, {}, {}};
    if (Charge* const charge = restate(*kept, cells, owner, figures, scratch)) {
      sink.emit(*charge);
      return {};
    }
    // The same line with other prices: its maps are not kept, and were right before.
    read_line(cells, fresh, scratch);
  } else {
    kept = keep(fresh);
    if (is_negation) return {Fate::dropped, {}, {}};
  }

  charge_.clear();
  describe(cells, fresh, figures, scratch);
  put_owner(charge_, cells, fresh, owner, scratch);
  put_figures(charge_, cells, fresh, figures);
  if (kept != nullptr) kept->charges[figures.wording()] = std::make_unique<KeptCharge>(charge_);
  sink.emit(charge_);
  if (figures.unused.has_value() && !figures.unused.value.is_zero()) {
    make_unused(figures);
    sink.emit(charge_);
  }
  return {};
}

bool Cur2Rules::read_line(const Cells& cells, Line& line, Scratch& scratch) {
  const Text type = cells[Cur2::line_item_line_item_type];
  line.type = line_type_of(type);
  if (line.type == LineType::unknown) {
    return fault_.say(
        name_of(Cur2::line_item_line_item_type),
        type.empty() ? "is empty" : shown(type) + " is not a line item type that is known");
  }
  if (!read_account(cells, line) || !read_billing_period(cells, line) || !read_maps(cells, line) ||
      !amount(cells, Cur2::pricing_public_on_demand_rate, scratch, line.rate)) {
    return false;
  }
  // 0.1700000000 as 0.17: its products are shorter, and equal.
  line.rate.value = line.rate.value.normalized();
  line.plan = cells[Cur2::savings_plan_a_r_n];
  line.is_plan = !line.plan.empty();
  line.commitment = line.is_plan ? line.plan : cells[Cur2::reservation_reservation_a_r_n];
  line.usage_type = cells[Cur2::line_item_usage_type];
  line.kind = kind_of(line.type, !line.commitment.empty());
  const bool may_have_sku = line.kind.category == "Usage" || line.kind.category == "Purchase";
  const bool has_code =
      !cells[Cur2::pricing_rate_code].empty() || !cells[Cur2::pricing_rate_id].empty();
  line.has_price = may_have_sku && has_code && !cells[Cur2::product_sku].empty();
  return true;
}

bool Cur2Rules::read_account(const Cells& cells, Line& line) {
  line.currency = cells[Cur2::line_item_currency_code];
  if (!is_currency(line.currency)) {
    return fault_.say(name_of(Cur2::line_item_currency_code),
                      line.currency.empty()
                          ? "is empty"
                          : shown(line.currency) + " is not a currency code of ISO 4217");
  }
  return !cells[Cur2::bill_payer_account_id].empty() ||
         fault_.say(name_of(Cur2::bill_payer_account_id), "is empty");
}

bool Cur2Rules::read_billing_period(const Cells& cells, Line& line) {
  const Text start = cells[Cur2::bill_billing_period_start_date];
  if (!billing_start_.read(start, line.billing_start)) {
    return fault_.say(name_of(Cur2::bill_billing_period_start_date),
                      shown(start) + " is not a date");
  }
  if (line.billing_start != period_) {
    return fault_.say(
        name_of(Cur2::bill_billing_period_start_date),
        shown(start) + " is not in the delivery's billing period " + month_of(period_));
  }
  const Text end = cells[Cur2::bill_billing_period_end_date];
  line.billing_end = next_month(period_);
  if (!end.empty() && !billing_end_.read(end, line.billing_end))
    return fault_.say(name_of(Cur2::bill_billing_period_end_date), shown(end) + " is not a date");
  return line.billing_end > period_ || fault_.say(name_of(Cur2::bill_billing_period_end_date),
                                                  shown(end) + " is not after the period's start");
}

bool Cur2Rules::read_maps(const Cells& cells, Line& line) {
  line.product = read_map(cells, Cur2::product, products_);
  const OpaqueMap* const categories = read_map(cells, Cur2::cost_category, cost_categories_);
  if (line.product == nullptr || categories == nullptr) return false;
  line.cost_categories = categories->json;
  return true;
}

}  // namespace aws
}  // namespace billow::normalize
