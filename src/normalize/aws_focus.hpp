#pragma once

#include "normalize/aws_cells.hpp"
#include "normalize/aws_columns.hpp"
#include "normalize/aws_focus_values.hpp"
#include "normalize/aws_map_cache.hpp"
#include "normalize/rules.hpp"

#include <array>
#include <string>
#include <vector>

namespace billow::normalize::aws {

/// FOCUS columns that a charge does not hold among its texts and numbers, and retired ones.
enum class FocusCell : std::size_t {
  BillingPeriodStart,
  BillingPeriodEnd,
  ChargePeriodStart,
  ChargePeriodEnd,
  ProviderName,
  Tags,
  x_ServiceCode,
  x_UsageType,
  count_
};

/// Where everything is in one FOCUS file.
struct FocusBinding {
  std::array<std::size_t, text_columns> texts{};
  std::array<std::size_t, number_columns> numbers{};
  std::array<std::size_t, static_cast<std::size_t>(FocusCell::count_)> others{};
  std::vector<ExtraColumn> extras;
  /// Names under which a value is kept that FOCUS does not allow in its column:
  /// `x_PricingCategory`.
  std::array<std::string, text_columns> kept_texts;
  std::array<std::string, number_columns> kept_numbers;
  HeaderFindings findings;
};

/// Binds a header of FOCUS 1.0 or later with AWS's own x_ columns.
Result<FocusBinding> bind_focus(std::span<const std::string> header);

/// AWS's FOCUS 1.0 and 1.2 exports, lifted to FOCUS 1.4 as ingest/aws/focus/README.md lays down.
/// Costs are taken as stated; what FOCUS 1.4 asks for beyond the file is filled in around them
/// (aws_focus_lift.cpp).
class FocusRules final : public RowRules {
 public:
  explicit FocusRules(UnixSeconds period) : period_(period) {}

  Result<HeaderFindings> bind(std::span<const std::string> header) override;
  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override;

 private:
  // Each of these is false, and fault_ says why, where the row cannot become a charge.
  bool read_texts(const Row& row);
  bool read_numbers(const Row& row, Scratch& scratch);
  bool read_times(const Row& row);
  bool read_time(const Row& row, FocusCell cell, UnixSeconds& time);
  bool read_maps(const Row& row);
  bool read_costs();
  Text cell(const Row& row, FocusCell column) const;

  void lift_parties(const Row& row);
  void lift_service(const Row& row);
  void lift_place_and_resource();
  void lift_commitment();
  void lift_prices(Scratch& scratch);
  void lift_currency();
  /// True when the row has unit prices that FOCUS accepts, which are then set.
  bool set_unit_prices(Scratch& scratch);
  bool set_unit_price(NumberColumn price, NumberColumn in_pricing_currency, NumberColumn cost,
                      Scratch& scratch);
  void drop_prices();
  void keep_extras(const Row& row);
  /// Puts another value into the column; what the file says is kept as an x_ column.
  void replace(TextColumn column, Text value);
  void replace(NumberColumn column, const Number& value);

  UnixSeconds period_;
  FocusBinding binding_;
  Charge charge_;
  RowFault fault_;
  std::array<TimeCell, 4> times_;
  MapCache<StatedTagMap, 4096> tags_;
  MapCache<PriceDetails> details_;
  MapCache<CompactJson, 64> objects_;
  std::vector<std::string>
      compacted_;  ///< JSON columns of this row; empty but for exports of FOCUS 1.3 and later
};

}  // namespace billow::normalize::aws
