#include "normalize/aws_cur2.hpp"

namespace billow::normalize::aws {

bool Cur2Rules::amount(const Cells& cells, Cur2 column, Scratch& scratch, Number& number) {
  return read_amount(cells[column], name_of(column), scratch, number, fault_);
}

bool Cur2Rules::amount(const Cells& cells, Cur2 net, Cur2 plain, Scratch& scratch, Number& number) {
  const Text text = cells[net];
  if (text.empty()) return amount(cells, plain, scratch, number);
  return read_amount(text, name_of(net), scratch, number, fault_);
}

bool Cur2Rules::needed(Cur2 column, const Number& number, std::string_view why) {
  return number.has_value() || fault_.say(name_of(column), "is empty: " + std::string(why));
}

bool Cur2Rules::read_figures(const Cells& cells, const Line& line, Figures& figures,
                             Scratch& scratch) {
  if (!read_times(cells, figures)) return false;
  const Text discounts = cells[Cur2::discount];
  if (!discounts.empty()) {
    const OpaqueMap* const map = discounts_.read(discounts);
    if (map == nullptr) return fault_.say(name_of(Cur2::discount), fault_of_map(discounts));
    figures.discounts = map->json;
  }
  if (!read_amounts(cells, line, figures, scratch)) return false;
  if (line.type == LineType::savings_plan_negation) return true;

  const bool covered = is_covered(line.type);
  figures.billed = covered ? zero_amount : figures.cost;
  if (!covered) figures.effective = line.kind.is_prepaid ? zero_amount : figures.cost;
  if (line.has_price && figures.quantity.has_value()) {
    figures.prices = unit_prices(figures.list_cost, covered ? figures.list_cost : figures.billed,
                                 figures.quantity, figures.list_from_rate ? line.rate : Number{},
                                 line.rate, scratch);
  }
  return read_commitment_quantity(cells, line, figures, scratch);
}

bool Cur2Rules::read_times(const Cells& cells, Figures& figures) {
  const Text start = cells[Cur2::line_item_usage_start_date];
  if (!usage_start_.read(start, figures.start)) {
    return fault_.say(name_of(Cur2::line_item_usage_start_date), shown(start) + " is not a date");
  }
  return read_charge_end(cells, figures);
}

bool Cur2Rules::read_charge_end(const Cells& cells, Figures& figures) {
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
  if (!usage_end_.read(end, figures.end)) {
    return fault_.say(name_of(column), shown(end) + " is not a date");
  }
  // On some fees AWS writes the last second of the period instead of its end, which FOCUS wants
  // exclusive.
  constexpr UnixSeconds hour = 3600;
  if (figures.end % hour == hour - 1) ++figures.end;
  if (figures.end < figures.start) {
    return fault_.say(name_of(column), shown(end) + " lies before the line's start");
  }
  return true;
}

bool Cur2Rules::read_amounts(const Cells& cells, const Line& line, Figures& figures,
                             Scratch& scratch) {
  if (!amount(cells, Cur2::line_item_unblended_cost, scratch, figures.unblended) ||
      !amount(cells, Cur2::line_item_net_unblended_cost, scratch, figures.net_unblended) ||
      !amount(cells, Cur2::line_item_usage_amount, scratch, figures.quantity)) {
    return false;
  }
  const Text blended = cells[Cur2::line_item_blended_cost];
  if (blended == figures.unblended.text) {
    figures.blended = figures.unblended;  // as it is for whoever does not consolidate bills
  } else if (!amount(cells, Cur2::line_item_blended_cost, scratch, figures.blended)) {
    return false;
  }
  figures.cost = figures.net_unblended.has_value() ? figures.net_unblended : figures.unblended;
  return needed(Cur2::line_item_unblended_cost, figures.cost, "every line states a cost") &&
         read_commitment_amounts(cells, line, figures, scratch) &&
         read_list_cost(cells, line, figures, scratch);
}

bool Cur2Rules::read_commitment_amounts(const Cells& cells, const Line& line, Figures& figures,
                                        Scratch& scratch) {
  switch (line.type) {
    case LineType::discounted_usage:
      return amount(cells, Cur2::reservation_net_effective_cost, Cur2::reservation_effective_cost,
                    scratch, figures.effective) &&
             needed(Cur2::reservation_effective_cost, figures.effective,
                    "usage covered by a reservation has a share of it");
    case LineType::savings_plan_covered_usage:
      return amount(cells, Cur2::savings_plan_net_effective_cost, Cur2::savings_plan_effective_cost,
                    scratch, figures.effective) &&
             needed(Cur2::savings_plan_effective_cost, figures.effective,
                    "usage covered by a savings plan has a share of it");
    case LineType::ri_fee:
    case LineType::savings_plan_recurring_fee:
      return read_unused(cells, line, figures, scratch);
    default:
      return true;
  }
}

bool Cur2Rules::read_unused(const Cells& cells, const Line& line, Figures& figures,
                            Scratch& scratch) {
  Number a;
  Number b;
  std::optional<Decimal> unused;
  if (line.type == LineType::ri_fee) {
    if (!amount(cells, Cur2::reservation_net_unused_amortized_upfront_fee,
                Cur2::reservation_unused_amortized_upfront_fee, scratch, a) ||
        !amount(cells, Cur2::reservation_net_unused_recurring_fee,
                Cur2::reservation_unused_recurring_fee, scratch, b)) {
      return false;
    }
    // Without an upfront or without a recurring part, that one may be empty.
    if (!a.has_value() && !needed(Cur2::reservation_unused_recurring_fee, b,
                                  "a reservation's fee has an unused part, be it 0")) {
      return false;
    }
    unused = add(a.value, b.value);
  } else {
    if (!amount(cells, Cur2::savings_plan_total_commitment_to_date, scratch, a) ||
        !amount(cells, Cur2::savings_plan_used_commitment, scratch, b) ||
        !needed(Cur2::savings_plan_total_commitment_to_date, a,
                "a savings plan's fee states the commitment") ||
        !needed(Cur2::savings_plan_used_commitment, b,
                "a savings plan's fee states what was used of it")) {
      return false;
    }
    unused = subtract(a.value, b.value);
  }
  if (!unused)
    return fault_.say(name_of(Cur2::line_item_line_item_type),
                      "the unused part has more than 38 digits");
  figures.unused = computed(*unused, scratch);
  return true;
}

bool Cur2Rules::read_list_cost(const Cells& cells, const Line& line, Figures& figures,
                               Scratch& scratch) {
  figures.list_cost = is_covered(line.type) ? zero_amount : figures.cost;
  if (line.type != LineType::usage && !is_covered(line.type)) return true;
  if (line.rate.has_value() && figures.quantity.has_value()) {
    if (const auto cost = multiply(line.rate.value, figures.quantity.value)) {
      figures.list_cost = computed(*cost, scratch);
      figures.list_from_rate = true;
      return true;
    }
  }
  Number on_demand;
  if (!amount(cells, Cur2::pricing_public_on_demand_cost, scratch, on_demand)) return false;
  if (on_demand.has_value()) figures.list_cost = on_demand;
  return true;
}

bool Cur2Rules::read_commitment_quantity(const Cells& cells, const Line& line, Figures& figures,
                                         Scratch& scratch) {
  if (!line.kind.names_commitment || !figures.prices.hold) return true;
  Number& quantity = figures.commitment_quantity;
  if (is_covered(line.type)) {
    quantity = line.is_plan ? figures.effective : figures.quantity;
    return true;
  }
  return amount(cells,
                line.is_plan ? Cur2::savings_plan_total_commitment_to_date
                             : Cur2::reservation_total_reserved_units,
                scratch, quantity);
}

}  // namespace billow::normalize::aws
