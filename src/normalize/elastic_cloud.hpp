#pragma once

#include "normalize/elastic_cloud_sku.hpp"
#include "normalize/row_fault.hpp"
#include "normalize/rules.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace billow::normalize::elastic_cloud {

/// What a line item and the instance around it say.
enum class Cell : std::size_t {
  instance_id,
  instance_name,
  instance_type,
  name,
  total_ecu,
  type,
  sku,
  unit,
  quantity,
  rate,
  kind,
  count_
};

/// The costs of one day by instance, as the billing API of Elastic Cloud states them, lifted to
/// FOCUS 1.4 as ingest/elastic-cloud/costs/README.md lays down. A line names no day: the page's key
/// does.
class CostRules final : public RowRules {
 public:
  explicit CostRules(const Options& options);

  JsonShape shape() const override;
  /// `object` ends in `YYYY-MM-DD.json` or `YYYY-MM-DD.json.gz`. Errc::malformed for any other name
  /// and for a day of another month than the delivery's, Errc::bad_config where the options cannot
  /// be used.
  Result<void> begin_object(std::string_view object) override;
  Result<HeaderFindings> bind(std::span<const std::string> header) override;
  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override;

 private:
  /// The amounts of one line.
  struct Amounts {
    Number ecu;       ///< its cost in ECU
    Number cost;      ///< the same in the billing currency
    Number quantity;  ///< null where the line has none
    Number rate;      ///< in ECU, null where the line has none
  };

  Text cell(const Row& row, Cell which) const {
    return row.field(places_[static_cast<std::size_t>(which)]);
  }
  bool read_amount_of(const Row& row, Cell which, Scratch& scratch, Number& number);
  bool read_amounts(const Row& row, Scratch& scratch, Amounts& amounts);
  Number in_billing_currency(const Number& ecu, Scratch& scratch) const;
  Number unit_price(const Amounts& amounts, Scratch& scratch) const;
  void describe_parties();
  void describe_instance(const Row& row);
  void describe_sku(const Row& row);
  void put_costs(const Amounts& amounts);
  void put_prices(const Row& row, const Amounts& amounts, Scratch& scratch);
  void keep(Text name, Text value);
  void keep(Text name, const Number& value);

  const std::string account_;
  const std::string currency_;
  const std::string ecu_price_text_;
  const std::optional<Decimal> ecu_price_;
  const UnixSeconds period_;
  UnixSeconds day_ = 0;  ///< of the page that is being read
  std::array<std::size_t, static_cast<std::size_t>(Cell::count_)> places_{};
  Charge charge_;
  RowFault fault_;
};

}  // namespace billow::normalize::elastic_cloud
