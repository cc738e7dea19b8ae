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
  return binding_.findings;
}

RowOutcome Cur2Rules::convert(const Row& row, Scratch& scratch, ChargeSink& sink) {
  const Cells cells{row, binding_};
  Line line;
  fault_.found = false;
  charge_.clear();
  if (!read_frame(cells, line) || !read_amounts(cells, line, scratch)) return fault_.outcome();

  const bool is_negation = line.type == LineType::savings_plan_negation;
  if (is_negation || line.type == LineType::savings_plan_covered_usage) {
    const Decimal undone = line.unblended.has_value() ? line.unblended.value : Decimal{};
    negations_.add(line.plan, charge_.charge_period_start, charge_[TextColumn::BillingCurrency],
                   undone);
  }
  if (is_negation) return {Fate::dropped, {}, {}};

  describe(cells, line);
  if (!make_charge(cells, line, scratch)) return fault_.outcome();
  sink.emit(charge_);
  if (line.unused.has_value() && !line.unused.value.is_zero()) {
    make_unused(line);
    sink.emit(charge_);
  }
  return {};
}

bool Cur2Rules::read_frame(const Cells& cells, Line& line) {
  const Text type = cells[Cur2::line_item_line_item_type];
  line.type = line_type_of(type);
  if (line.type == LineType::unknown) {
    return fault_.say(
        name_of(Cur2::line_item_line_item_type),
        type.empty() ? "is empty" : shown(type) + " is not a line item type that is known");
  }
  const Text currency = cells[Cur2::line_item_currency_code];
  if (!is_currency(currency)) {
    return fault_.say(
        name_of(Cur2::line_item_currency_code),
        currency.empty() ? "is empty" : shown(currency) + " is not a currency code of ISO 4217");
  }
  charge_[TextColumn::BillingCurrency] = currency;
  charge_[TextColumn::BillingAccountId] = cells[Cur2::bill_payer_account_id];
  if (charge_[TextColumn::BillingAccountId].empty()) {
    return fault_.say(name_of(Cur2::bill_payer_account_id), "is empty");
  }
  line.plan = cells[Cur2::savings_plan_a_r_n];
  line.is_plan = !line.plan.empty();
  line.commitment = line.is_plan ? line.plan : cells[Cur2::reservation_reservation_a_r_n];
  line.usage_type = cells[Cur2::line_item_usage_type];
  return read_periods(cells) && read_maps(cells, line);
}

bool Cur2Rules::read_periods(const Cells& cells) {
  const Text billing_start = cells[Cur2::bill_billing_period_start_date];
  if (!billing_start_.read(billing_start, charge_.billing_period_start)) {
    return fault_.say(name_of(Cur2::bill_billing_period_start_date),
                      shown(billing_start) + " is not a date");
  }
  if (charge_.billing_period_start != period_) {
    return fault_.say(
        name_of(Cur2::bill_billing_period_start_date),
        shown(billing_start) + " is not in the delivery's billing period " + month_of(period_));
  }
  const Text billing_end = cells[Cur2::bill_billing_period_end_date];
  charge_.billing_period_end = next_month(period_);
  if (!billing_end.empty() && !billing_end_.read(billing_end, charge_.billing_period_end)) {
    return fault_.say(name_of(Cur2::bill_billing_period_end_date),
                      shown(billing_end) + " is not a date");
  }
  const Text start = cells[Cur2::line_item_usage_start_date];
  if (!usage_start_.read(start, charge_.charge_period_start)) {
    return fault_.say(name_of(Cur2::line_item_usage_start_date), shown(start) + " is not a date");
  }
  return read_charge_end(cells);
}

bool Cur2Rules::read_charge_end(const Cells& cells) {
  Cur2 column = Cur2::line_item_usage_end_date;
  Text end = cells[column];
  if (end.empty()) {
    // "start/end" of the line's hour, day or month.
    const Text interval = cells[Cur2::identity_time_interval];
    const std::size_t slash = interval.find('/');
    if (slash != Text::npos) {
      column = Cur2::identity_time_interval;
      end = interval.substr(slash + 1);
    }
  }
  if (!usage_end_.read(end, charge_.charge_period_end)) {
    return fault_.say(name_of(column), shown(end) + " is not a date");
  }
  // On some fees AWS writes the last second of the period instead of its end, which FOCUS wants
  // exclusive.
  constexpr UnixSeconds hour = 3600;
  if (charge_.charge_period_end % hour == hour - 1) ++charge_.charge_period_end;
  if (charge_.charge_period_end < charge_.charge_period_start) {
    return fault_.say(name_of(column), shown(end) + " lies before the line's start");
  }
  return true;
}

bool Cur2Rules::read_maps(const Cells& cells, Line& line) {
  const auto read = [&](auto& cache, Cur2 column) {
    const Text json = cells[column];
    const auto* map = cache.read(json);
    if (map == nullptr) fault_.say(name_of(column), shown(json) + " is not a JSON object");
    return map;
  };
  line.tags = read(resource_tags_, Cur2::resource_tags);
  line.product = read(products_, Cur2::product);
  const OpaqueMap* const categories = read(cost_categories_, Cur2::cost_category);
  const OpaqueMap* const discounts = read(discounts_, Cur2::discount);
  const bool tags_read = read(tags_, Cur2::tags) != nullptr;
  if (line.tags == nullptr || line.product == nullptr || categories == nullptr ||
      discounts == nullptr || !tags_read) {
    return false;
  }
  line.has_cost_categories = !categories->is_empty;
  line.has_discounts = !discounts->is_empty;
  return true;
}

}  // namespace aws
}  // namespace billow::normalize
