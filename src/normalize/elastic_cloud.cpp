#include "normalize/elastic_cloud.hpp"

#include "normalize/amounts.hpp"
#include "normalize/lookup_currency.hpp"
#include "normalize/normalizer.hpp"

#include <algorithm>

namespace billow::normalize {

std::unique_ptr<RowRules> make_elastic_cloud_rules(const Options& options) {
  return std::make_unique<elastic_cloud::CostRules>(options);
}

namespace elastic_cloud {
namespace {

using Kind = JsonMember::Kind;

// What the page has beyond this says the same in words: display_quantity, formatted_value. Nothing
// but empty lists was ever seen in quantities.
constexpr JsonMember quantity[] = {{"value", Kind::number, "quantity.value", {}}};
constexpr JsonMember rate[] = {{"value", Kind::number, "rate.value", {}}};
constexpr JsonMember line_item[] = {
    {"name", Kind::text, "name", {}}, {"total_ecu", Kind::number, "total_ecu", {}},
    {"type", Kind::text, "type", {}}, {"sku", Kind::text, "sku", {}},
    {"unit", Kind::text, "unit", {}}, {"quantity", Kind::object, {}, quantity},
    {"rate", Kind::object, {}, rate}, {"kind", Kind::text, "kind", {}}};
constexpr JsonMember instance[] = {{"total_ecu", Kind::total, "total_ecu", {}},
                                   {"id", Kind::text, "instance.id", {}},
                                   {"name", Kind::text, "instance.name", {}},
                                   {"type", Kind::text, "instance.type", {}},
                                   {"product_line_items", Kind::rows, {}, line_item}};
constexpr JsonMember page[] = {{"total_ecu", Kind::total, "total_ecu", {}},
                               {"instances", Kind::list, {}, instance}};

/// In the order of Cell.
constexpr std::array<std::string_view, static_cast<std::size_t>(Cell::count_)> cell_names = {
    "instance.id", "instance.name", "instance.type",  "name",       "total_ecu", "type",
    "sku",         "unit",          "quantity.value", "rate.value", "kind"};

std::string_view name_of(Cell cell) { return cell_names[static_cast<std::size_t>(cell)]; }

/// The day that the key of a page ends in.
std::optional<UnixSeconds> day_of(std::string_view object) {
  constexpr std::size_t date_size = 10;
  if (object.ends_with(".gz")) object.remove_suffix(3);
  if (!object.ends_with(".json")) return std::nullopt;
  object.remove_suffix(5);
  object.remove_prefix(object.rfind('/') + 1);  // npos + 1 is 0
  return object.size() == date_size ? parse_time(object) : std::nullopt;
}

}  // namespace

CostRules::CostRules(const Options& options)
    : account_(options.billing_account_id),
      currency_(options.billing_currency),
      ecu_price_text_(options.ecu_price),
      ecu_price_(Decimal::parse(options.ecu_price)),
      period_(options.period) {}

JsonShape CostRules::shape() const { return page; }

Result<void> CostRules::begin_object(std::string_view object) {
  if (account_.empty()) return Error{Errc::bad_config, "the organisation's id is not given"};
  if (!is_currency(currency_))
    return Error{Errc::bad_config,
                 "the billing currency " + shown(currency_) + " is no code of ISO 4217"};
  if (!ecu_price_ || ecu_price_->is_negative())
    return Error{Errc::bad_config,
                 "the price of an ECU, " + shown(ecu_price_text_) + ", is no number from 0 up"};
  const auto day = day_of(object);
  if (!day) return Error{Errc::malformed, "the name does not end in a day, as in 2026-06-01.json"};
  if (*day < period_ || *day >= next_month(period_))
    return Error{Errc::malformed,
                 "the day is not in the delivery's billing period " + month_of(period_)};
  day_ = *day;
  return {};
}

Result<HeaderFindings> CostRules::bind(std::span<const std::string> header) {
  for (std::size_t i = 0; i < cell_names.size(); ++i) {
    const auto at = std::ranges::find(header, cell_names[i]);
    if (at == header.end())
      return Error{Errc::malformed, "there is no column " + std::string(cell_names[i])};
    places_[i] = static_cast<std::size_t>(at - header.begin());
  }
  return HeaderFindings{};
}

RowOutcome CostRules::convert(const Row& row, Scratch& scratch, ChargeSink& sink) {
  fault_.found = false;
  Amounts amounts;
  if (!read_amounts(row, scratch, amounts)) return fault_.outcome();
  charge_.clear();
  charge_.billing_period_start = period_;
  charge_.billing_period_end = next_month(period_);
  charge_.charge_period_start = day_;
  charge_.charge_period_end = day_ + seconds_per_day;
  describe_parties();
  describe_instance(row);
  describe_sku(row);
  put_costs(amounts);
  put_prices(row, amounts, scratch);
  sink.emit(charge_);
  return {};
}

bool CostRules::read_amount_of(const Row& row, Cell which, Scratch& scratch, Number& number) {
  return read_amount(cell(row, which), name_of(which), scratch, number, fault_);
}

bool CostRules::read_amounts(const Row& row, Scratch& scratch, Amounts& amounts) {
  if (!read_amount_of(row, Cell::total_ecu, scratch, amounts.ecu) ||
      !read_amount_of(row, Cell::quantity, scratch, amounts.quantity) ||
      !read_amount_of(row, Cell::rate, scratch, amounts.rate)) {
    return false;
  }
  if (!amounts.ecu.has_value())
    return fault_.say(name_of(Cell::total_ecu), "is missing: every line states its cost");
  amounts.cost = in_billing_currency(amounts.ecu, scratch);
  return amounts.cost.has_value() ||
         fault_.say(name_of(Cell::total_ecu), shown(amounts.ecu.text) +
                                                  " times the price of an ECU, " + ecu_price_text_ +
                                                  ", cannot be held exactly");
}

/// Null where the product has too many digits.
Number CostRules::in_billing_currency(const Number& ecu, Scratch& scratch) const {
  if (same_amount(*ecu_price_, Decimal{1, 0})) return ecu;
  const auto product = multiply(ecu.value, *ecu_price_);
  return product ? computed(*product, scratch) : Number{};
}

/// The stated rate where it makes the cost, as FOCUS compares it, and else what does. Elastic
/// rounds costs to four decimals, so it often does not. Null where there is no such price.
Number CostRules::unit_price(const Amounts& amounts, Scratch& scratch) const {
  if (!amounts.quantity.has_value()) return {};
  if (amounts.rate.has_value()) {
    if (amounts.rate.value.is_negative()) return {};
    const Number price = in_billing_currency(amounts.rate, scratch);
    if (price.has_value() && agrees(price.value, amounts.quantity.value, amounts.cost.value))
      return price;
  }
  return derived_price(amounts.cost, amounts.quantity, scratch);
}

}  // namespace elastic_cloud
}  // namespace billow::normalize
