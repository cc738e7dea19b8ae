#include "normalize/aws_focus.hpp"

#include "normalize/lookup_currency.hpp"

namespace billow::normalize {

std::unique_ptr<RowRules> make_aws_focus_rules(UnixSeconds period) {
  return std::make_unique<aws::FocusRules>(period);
}

namespace aws {
namespace {

/// AWS and its tools write nulls as text in places.
Text without_null(Text text) { return text == "NULL" || text == "null" ? Text() : text; }

constexpr std::size_t at(FocusCell cell) { return static_cast<std::size_t>(cell); }

std::string_view name_of(FocusCell cell) {
  constexpr std::array names = {
      std::string_view("BillingPeriodStart"), std::string_view("BillingPeriodEnd"),
      std::string_view("ChargePeriodStart"), std::string_view("ChargePeriodEnd")};
  return names[at(cell)];
}

}  // namespace

Result<HeaderFindings> FocusRules::bind(std::span<const std::string> header) {
  auto binding = bind_focus(header);
  if (!binding) return binding.error();
  binding_ = *std::move(binding);
  return binding_.findings;
}

RowOutcome FocusRules::convert(const Row& row, Scratch& scratch, ChargeSink& sink) {
  fault_.found = false;
  charge_.clear();
  if (!read_texts(row) || !read_times(row) || !read_numbers(row, scratch) || !read_costs() ||
      !read_maps(row)) {
    return fault_.outcome();
  }
  keep_extras(row);
  lift_parties(row);
  lift_service(row);
  lift_place_and_resource();
  lift_commitment();
  lift_currency();
  lift_prices(scratch);
  sink.emit(charge_);
  return {};
}

Text FocusRules::cell(const Row& row, FocusCell column) const {
  return without_null(row.field(binding_.others[at(column)]));
}

bool FocusRules::read_texts(const Row& row) {
  for (std::size_t i = 0; i < text_columns; ++i)
    charge_.texts[i] = without_null(row.field(binding_.texts[i]));
  const Text category = charge_[TextColumn::ChargeCategory];
  if (!is_allowed(TextColumn::ChargeCategory, category)) {
    return fault_.say("ChargeCategory", category.empty()
                                            ? "is empty"
                                            : shown(category) + " is not a charge category");
  }
  const Text currency = charge_[TextColumn::BillingCurrency];
  if (!is_currency(currency)) {
    return fault_.say(
        "BillingCurrency",
        currency.empty() ? "is empty" : shown(currency) + " is not a currency code of ISO 4217");
  }
  if (charge_[TextColumn::BillingAccountId].empty())
    return fault_.say("BillingAccountId", "is empty");
  return true;
}

bool FocusRules::read_time(const Row& row, FocusCell column, UnixSeconds& time) {
  const Text text = cell(row, column);
  return times_[at(column)].read(text, time) ||
         fault_.say(name_of(column), shown(text) + " is not a date");
}

bool FocusRules::read_times(const Row& row) {
  if (!read_time(row, FocusCell::BillingPeriodStart, charge_.billing_period_start)) return false;
  if (charge_.billing_period_start != period_) {
    return fault_.say("BillingPeriodStart", shown(cell(row, FocusCell::BillingPeriodStart)) +
                                                " is not in the delivery's billing period " +
                                                month_of(period_));
  }
  charge_.billing_period_end = next_month(period_);
  if (!cell(row, FocusCell::BillingPeriodEnd).empty() &&
      !read_time(row, FocusCell::BillingPeriodEnd, charge_.billing_period_end)) {
    return false;
  }
  if (!read_time(row, FocusCell::ChargePeriodStart, charge_.charge_period_start) ||
      !read_time(row, FocusCell::ChargePeriodEnd, charge_.charge_period_end)) {
    return false;
  }
  return charge_.charge_period_end >= charge_.charge_period_start ||
         fault_.say("ChargePeriodEnd", shown(cell(row, FocusCell::ChargePeriodEnd)) +
                                           " lies before the charge's start");
}

bool FocusRules::read_numbers(const Row& row, Scratch& scratch) {
  for (std::size_t i = 0; i < number_columns; ++i) {
    const Text text = without_null(row.field(binding_.numbers[i]));
    if (!read_amount(text, billow::name_of(static_cast<NumberColumn>(i)), scratch,
                     charge_.numbers[i], fault_)) {
      return false;
    }
  }
  return true;
}

bool FocusRules::read_costs() {
  using enum NumberColumn;
  if (!charge_[BilledCost].has_value())
    return fault_.say("BilledCost", "is empty: every charge states its cost");
  const Text category = charge_[TextColumn::ChargeCategory];
  const bool stands_alone = category == "Tax" || category == "Credit";
  for (const NumberColumn cost : {EffectiveCost, ListCost, ContractedCost}) {
    if (charge_[cost].has_value()) continue;
    // FOCUS 1.4 has all four alike on taxes and credits, where nothing was priced.
    if (!stands_alone)
      return fault_.say(billow::name_of(cost), "is empty: every charge states its cost");
    charge_[cost] = charge_[BilledCost];
  }
  return true;
}

bool FocusRules::read_maps(const Row& row) {
  const Text tags = cell(row, FocusCell::Tags);
  const TagMap* const map = tags_.read(tags);
  if (map == nullptr) return fault_.say("Tags", shown(tags) + " is not a JSON object");
  charge_.tags.assign(map->tags.begin(), map->tags.end());

  Text& details = charge_[TextColumn::SkuPriceDetails];
  const PriceDetails* const read = details_.read(details);
  if (read == nullptr)
    return fault_.say("SkuPriceDetails", shown(details) + " is not a JSON object");
  details = read->json;

  compacted_.clear();
  compacted_.reserve(text_columns);  // earlier texts stay where they are
  for (std::size_t i = 0; i < text_columns; ++i) {
    const auto column = static_cast<TextColumn>(i);
    Text& text = charge_.texts[i];
    if (text.empty() || column == TextColumn::SkuPriceDetails || !is_json(column)) continue;
    const CompactJson* const object = objects_.read(text);
    if (object == nullptr)
      return fault_.say(billow::name_of(column), shown(text) + " is not a JSON object");
    text = compacted_.emplace_back(object->json);
  }
  return true;
}

void FocusRules::keep_extras(const Row& row) {
  for (const ExtraColumn& column : binding_.extras) {
    const Text text = without_null(row.field(column.place));
    if (!text.empty() && text != "{}") charge_.extra_texts.push_back({column.name, text});
  }
}

void FocusRules::replace(TextColumn column, Text value) {
  const std::string& name = binding_.kept_texts[static_cast<std::size_t>(column)];
  if (!charge_[column].empty()) charge_.extra_texts.push_back({name, charge_[column]});
  charge_[column] = value;
}

void FocusRules::replace(NumberColumn column, const Number& value) {
  const std::string& name = binding_.kept_numbers[static_cast<std::size_t>(column)];
  if (charge_[column].has_value()) charge_.extra_numbers.push_back({name, charge_[column]});
  charge_[column] = value;
}

}  // namespace aws
}  // namespace billow::normalize
