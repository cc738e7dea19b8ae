#include "normalize/aws_focus.hpp"
#include "normalize/aws_prices.hpp"
#include "normalize/lookup_currency.hpp"

#include <algorithm>

namespace billow::normalize::aws {

using N = NumberColumn;
using T = TextColumn;

void FocusRules::Figures::replace(NumberColumn column, const Number& value) {
  Number& number = (*this)[column];
  if (number.has_value()) {
    const auto place =
        static_cast<std::size_t>(std::ranges::find(replaceable, column) - replaceable.begin());
    replaced.set(place);
    stated[place] = number;
  }
  number = value;
}

unsigned long FocusRules::Figures::wording() const noexcept {
  unsigned long bits = replaced.to_ulong();
  for (const bool bit : {currency_given_up, prices_hold, (*this)[N::ConsumedQuantity].has_value(),
                         (*this)[N::CommitmentDiscountQuantity].has_value()}) {
    bits = bits << 1 | (bit ? 1UL : 0UL);
  }
  return bits;
}

FocusRules::Terms FocusRules::terms_of(const Charge& charge) {
  const Text category = charge[T::ChargeCategory];
  const Text pricing_currency = charge[T::PricingCurrency];
  Terms terms;
  terms.stands_alone = category == "Tax" || category == "Credit";
  terms.has_commitment =
      !charge[T::CommitmentDiscountId].empty() && (category == "Usage" || category == "Purchase");
  terms.has_sku = !charge[T::SkuPriceId].empty() && !charge[T::SkuId].empty() && category != "Tax";
  const bool is_unused = terms.has_commitment && charge[T::CommitmentDiscountStatus] == "Unused";
  terms.consumes = category == "Usage" && !is_unused;
  terms.other_currency =
      !pricing_currency.empty() && pricing_currency != charge[T::BillingCurrency];
  terms.known_currency = is_currency(pricing_currency);
  return terms;
}

bool FocusRules::read_figures(const Row& row, const Terms& terms, Figures& figures,
                              Scratch& scratch) {
  if (!read_times(row, figures)) return false;
  for (std::size_t i = 0; i < number_columns; ++i) {
    const Text text = without_null(row.field(binding_.numbers[i]));
    if (!read_amount(text, billow::name_of(static_cast<NumberColumn>(i)), scratch,
                     figures.numbers[i], fault_)) {
      return false;
    }
  }
  if (!read_costs(terms, figures)) return false;
  if (!terms.has_commitment) figures[N::CommitmentDiscountQuantity] = Number{};
  settle_currency(terms, figures);
  settle_prices(terms, figures, scratch);
  return true;
}

bool FocusRules::read_times(const Row& row, Figures& figures) {
  if (!read_time(row, FocusCell::ChargePeriodStart, figures.start) ||
      !read_time(row, FocusCell::ChargePeriodEnd, figures.end)) {
    return false;
  }
  return figures.end >= figures.start ||
         fault_.say("ChargePeriodEnd", shown(cell(row, FocusCell::ChargePeriodEnd)) +
                                           " lies before the charge's start");
}

bool FocusRules::read_costs(const Terms& terms, Figures& figures) {
  if (!figures[N::BilledCost].has_value())
    return fault_.say("BilledCost", "is empty: every charge states its cost");
  for (const NumberColumn cost : {N::EffectiveCost, N::ListCost, N::ContractedCost}) {
    if (figures[cost].has_value()) continue;
    // FOCUS 1.4 has all four alike on taxes and credits, where nothing was priced.
    if (!terms.stands_alone)
      return fault_.say(billow::name_of(cost), "is empty: every charge states its cost");
    figures[cost] = figures[N::BilledCost];
  }
  return true;
}

void FocusRules::settle_currency(const Terms& terms, Figures& figures) {
  // A cost in another currency cannot be made up: without it the billing currency stands.
  figures.currency_given_up =
      terms.other_currency &&
      (!terms.known_currency || !figures[N::PricingCurrencyEffectiveCost].has_value());
  if (figures.currency_given_up) {
    // Figures in the currency that was given up say nothing in the one that stands instead.
    for (const NumberColumn figure :
         {N::PricingCurrencyEffectiveCost, N::PricingCurrencyListUnitPrice,
          N::PricingCurrencyContractedUnitPrice}) {
      figures.replace(figure, {});
    }
  }
  if (!figures[N::PricingCurrencyEffectiveCost].has_value())
    figures[N::PricingCurrencyEffectiveCost] = figures[N::EffectiveCost];
}

void FocusRules::settle_prices(const Terms& terms, Figures& figures, Scratch& scratch) {
  const bool one_currency = !terms.other_currency || figures.currency_given_up;
  const Number quantity = figures[N::PricingQuantity];
  // False where there is no such price that FOCUS accepts.
  const auto settle = [&](NumberColumn price, NumberColumn in_pricing_currency, NumberColumn cost) {
    const Number stated = figures[price];
    if (stated.has_value() && stated.value.is_negative()) return false;
    if (!stated.has_value() || !agrees(stated.value, quantity.value, figures[cost].value)) {
      if (quantity.value.is_zero()) return false;
      const Number derived = derived_price(figures[cost], quantity, scratch);
      if (!derived.has_value()) return false;
      figures.replace(price, derived);
    }
    const Number& other = figures[in_pricing_currency];
    bool fits = other.has_value() && !other.value.is_negative();
    if (fits && one_currency && other.text != figures[price].text)
      fits = agrees(other.value, quantity.value, figures[cost].value);
    // What a price is in another currency cannot be made up.
    if (!fits) figures.replace(in_pricing_currency, one_currency ? figures[price] : Number{});
    return true;
  };
  figures.prices_hold =
      terms.has_sku && quantity.has_value() &&
      settle(N::ListUnitPrice, N::PricingCurrencyListUnitPrice, N::ListCost) &&
      settle(N::ContractedUnitPrice, N::PricingCurrencyContractedUnitPrice, N::ContractedCost);
  if (!figures.prices_hold) {
    for (const NumberColumn column :
         {N::ListUnitPrice, N::ContractedUnitPrice, N::PricingCurrencyListUnitPrice,
          N::PricingCurrencyContractedUnitPrice, N::PricingQuantity, N::ConsumedQuantity,
          N::CommitmentDiscountQuantity}) {
      figures[column] = Number{};
    }
  } else if (!terms.consumes) {
    figures[N::ConsumedQuantity] = Number{};
  }
}

void FocusRules::put_figures(Charge& charge, const Figures& figures) {
  charge.charge_period_start = figures.start;
  charge.charge_period_end = figures.end;
  charge.numbers = figures.numbers;
  auto extra = charge.extra_numbers.begin();
  for (std::size_t i = 0; i < replaceable.size(); ++i) {
    if (figures.replaced[i]) (extra++)->value = figures.stated[i];
  }
}

}  // namespace billow::normalize::aws
