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

bool Cur2Rules::read_amounts(const Cells& cells, Line& line, Scratch& scratch) {
  if (!amount(cells, Cur2::line_item_unblended_cost, scratch, line.unblended) ||
      !amount(cells, Cur2::line_item_net_unblended_cost, scratch, line.net_unblended) ||
      !amount(cells, Cur2::line_item_blended_cost, scratch, line.blended) ||
      !amount(cells, Cur2::line_item_usage_amount, scratch, line.quantity) ||
      !amount(cells, Cur2::pricing_public_on_demand_rate, scratch, line.rate)) {
    return false;
  }
  line.cost = line.net_unblended.has_value() ? line.net_unblended : line.unblended;
  return needed(Cur2::line_item_unblended_cost, line.cost, "every line states a cost") &&
         read_commitment_amounts(cells, line, scratch) && read_list_cost(cells, line, scratch);
}

bool Cur2Rules::read_commitment_amounts(const Cells& cells, Line& line, Scratch& scratch) {
  switch (line.type) {
    case LineType::discounted_usage:
      return amount(cells, Cur2::reservation_net_effective_cost, Cur2::reservation_effective_cost,
                    scratch, line.effective) &&
             needed(Cur2::reservation_effective_cost, line.effective,
                    "usage covered by a reservation has a share of it");
    case LineType::savings_plan_covered_usage:
      return amount(cells, Cur2::savings_plan_net_effective_cost, Cur2::savings_plan_effective_cost,
                    scratch, line.effective) &&
             needed(Cur2::savings_plan_effective_cost, line.effective,
                    "usage covered by a savings plan has a share of it");
    case LineType::ri_fee:
    case LineType::savings_plan_recurring_fee:
      return read_unused(cells, line, scratch);
    default:
      return true;
  }
}

bool Cur2Rules::read_unused(const Cells& cells, Line& line, Scratch& scratch) {
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
  line.unused = computed(*unused, scratch);
  return true;
}

bool Cur2Rules::read_list_cost(const Cells& cells, Line& line, Scratch& scratch) {
  line.list_cost = is_covered(line.type) ? zero_amount : line.cost;
  if (line.type != LineType::usage && !is_covered(line.type)) return true;
  if (line.rate.has_value() && line.quantity.has_value()) {
    if (const auto cost = multiply(line.rate.value, line.quantity.value)) {
      line.list_cost = computed(*cost, scratch);
      line.list_from_rate = true;
      return true;
    }
  }
  Number on_demand;
  if (!amount(cells, Cur2::pricing_public_on_demand_cost, scratch, on_demand)) return false;
  if (on_demand.has_value()) line.list_cost = on_demand;
  return true;
}

}  // namespace billow::normalize::aws
