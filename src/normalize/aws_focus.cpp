#include "normalize/aws_focus.hpp"

#include "normalize/lookup_currency.hpp"

#include <algorithm>

namespace billow::normalize {

std::unique_ptr<RowRules> make_aws_focus_rules(UnixSeconds period) {
  return std::make_unique<aws::FocusRules>(period);
}

namespace aws {
namespace {

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
  repeated_.bind(header.size(), binding_.varying);
  owners_.bind(header.size(), all_but(header.size(), binding_.owner));
  return binding_.findings;
}

RowOutcome FocusRules::convert(const Row& row, Scratch& scratch, ChargeSink& sink) {
  fault_.found = false;
  Kept* kept = repeated_.find(row);
  Terms terms;
  if (kept == nullptr) {
    if (!read_texts(row) || !read_billing_period(row)) return fault_.outcome();
    terms = terms_of(charge_);
  } else {
    terms = kept->terms;
  }
  Figures figures;
  if (!read_figures(row, terms, figures, scratch)) return fault_.outcome();
  Owner owner;
  if (!read_owner(row, owner)) return fault_.outcome();
  if (kept != nullptr) {
    if (Charge* const charge = restate(*kept, row, owner, figures)) {
      sink.emit(*charge);
      return {};
    }
    // The same line with other prices: its texts are not kept, and were right before.
    read_texts(row);
    read_billing_period(row);
  }
  if (!read_maps()) return fault_.outcome();
  if (kept == nullptr) kept = repeated_.claim();
  describe(row, figures);
  put_owner(charge_, row, owner);
  if (kept != nullptr) {
    kept->terms = terms;
    if (kept->charges.size() == Kept::charges_max) kept->charges.erase(kept->charges.begin());
    kept->charges.emplace_back(figures.wording(), std::make_unique<KeptCharge>(charge_));
  }
  sink.emit(charge_);
  return {};
}

Charge* FocusRules::restate(const Kept& kept, const Row& row, const Owner& owner,
                            const Figures& figures) {
  const auto found = std::ranges::find(kept.charges, figures.wording(),
                                       &decltype(kept.charges)::value_type::first);
  if (found == kept.charges.end()) return nullptr;
  Charge& charge = found->second->charge;
  std::size_t next = 0;
  for (const ExtraColumn& column : binding_.extras) {
    if (!column.varies) continue;
    charge.extra_texts[found->second->varying[next++]].value = extra_text(column, row);
  }
  put_owner(charge, row, owner);
  put_figures(charge, figures);
  return &charge;
}

void FocusRules::describe(const Row& row, const Figures& figures) {
  keep_extras(row);
  lift_parties(row);
  lift_service(row);
  lift_place();
  lift_capacity_reservation();
  lift_commitment();
  lift_currency(figures);
  lift_prices(figures);
  for (std::size_t i = 0; i < replaceable.size(); ++i) {
    const auto column = static_cast<std::size_t>(replaceable[i]);
    if (figures.replaced[i]) charge_.extra_numbers.push_back({binding_.kept_numbers[column], {}});
  }
  put_figures(charge_, figures);
}

Text FocusRules::cell(const Row& row, FocusCell column) const {
  return without_null(row.field(binding_.others[at(column)]));
}

bool FocusRules::read_texts(const Row& row) {
  charge_.clear();
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

bool FocusRules::read_billing_period(const Row& row) {
  if (!read_time(row, FocusCell::BillingPeriodStart, charge_.billing_period_start)) return false;
  if (charge_.billing_period_start != period_) {
    return fault_.say("BillingPeriodStart", shown(cell(row, FocusCell::BillingPeriodStart)) +
                                                " is not in the delivery's billing period " +
                                                month_of(period_));
  }
  charge_.billing_period_end = next_month(period_);
  const Text end = cell(row, FocusCell::BillingPeriodEnd);
  if (end.empty()) return true;
  if (!read_time(row, FocusCell::BillingPeriodEnd, charge_.billing_period_end)) return false;
  return charge_.billing_period_end > period_ ||
         fault_.say("BillingPeriodEnd", shown(end) + " is not after the period's start");
}

bool FocusRules::read_owner(const Row& row, Owner& owner) {
  owner.kept = owners_.find(row);
  if (owner.kept != nullptr) return true;
  const auto said = [&] { return cell(row, FocusCell::Tags); };
  owner.tags = tags_.read(row, binding_.others[at(FocusCell::Tags)], said);
  return owner.tags != nullptr || fault_.say("Tags", fault_of_map(said()));
}

bool FocusRules::read_maps() {
  Text& details = charge_[TextColumn::SkuPriceDetails];
  const PriceDetails* const read = details_.read(details);
  if (read == nullptr) return fault_.say("SkuPriceDetails", fault_of_map(details));
  details = read->json;

  compacted_.clear();
  compacted_.reserve(text_columns);  // earlier texts stay where they are
  for (std::size_t i = 0; i < text_columns; ++i) {
    const auto column = static_cast<TextColumn>(i);
    Text& text = charge_.texts[i];
    if (text.empty() || column == TextColumn::SkuPriceDetails || !is_json(column)) continue;
    const CompactJson* const object = objects_.read(text);
    if (object == nullptr) return fault_.say(billow::name_of(column), fault_of_map(text));
    text = compacted_.emplace_back(object->json);
  }
  return true;
}

void FocusRules::keep_extras(const Row& row) {
  for (const ExtraColumn& column : binding_.extras) {
    const Text text = extra_text(column, row);
    if (column.varies || !text.empty())
      charge_.extra_texts.push_back({column.name, text, column.varies});
  }
}

Text FocusRules::extra_text(const ExtraColumn& column, const Row& row) {
  const Text text = without_null(row.field(column.place));
  if (text == "{}") return {};
  OpaqueMaps* const maps = column.name == "x_Discounts"        ? &discounts_
                           : column.name == "x_CostCategories" ? &cost_categories_
                                                               : nullptr;
  const OpaqueMap* const map = maps == nullptr ? nullptr : maps->read(text);
  return map == nullptr ? text : Text(map->json);
}

void FocusRules::replace(TextColumn column, Text value) {
  const std::string& name = binding_.kept_texts[static_cast<std::size_t>(column)];
  if (!charge_[column].empty()) charge_.extra_texts.push_back({name, charge_[column]});
  charge_[column] = value;
}

}  // namespace aws
}  // namespace billow::normalize
