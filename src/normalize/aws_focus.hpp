#pragma once

#include "normalize/aws_cells.hpp"
#include "normalize/aws_columns.hpp"
#include "normalize/aws_focus_values.hpp"
#include "normalize/aws_map_cache.hpp"
#include "normalize/kept_charge.hpp"
#include "normalize/kept_owner.hpp"
#include "normalize/repeated_rows.hpp"
#include "normalize/rules.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
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
  /// Places of the columns that differ between lines that are else alike: times, numbers, owners,
  /// discounts. Those of them that tell whose charge it is.
  std::vector<std::size_t> varying;
  std::vector<std::size_t> owner;
  HeaderFindings findings;
};

/// Binds a header of FOCUS 1.0 or later with AWS's own x_ columns.
Result<FocusBinding> bind_focus(std::span<const std::string> header);

/// AWS's FOCUS 1.0 and 1.2 exports, lifted to FOCUS 1.4 as ingest/aws/focus/README.md lays down.
/// Costs are taken as stated; what FOCUS 1.4 asks for beyond the file is filled in around them:
/// numbers in aws_focus_figures.cpp, texts in aws_focus_lift.cpp. Of a row that repeats an earlier
/// one but for its times, numbers and owner, only these are read.
class FocusRules final : public RowRules {
 public:
  explicit FocusRules(UnixSeconds period) : period_(period) {}

  Result<HeaderFindings> bind(std::span<const std::string> header) override;
  RowOutcome convert(const Row& row, Scratch& scratch, ChargeSink& sink) override;

 private:
  /// What the texts of a row decide about its numbers.
  struct Terms {
    bool stands_alone = false;    ///< a tax or a credit: it has one cost, whatever it is called
    bool has_commitment = false;  ///< CommitmentDiscountQuantity may be stated
    bool has_sku = false;         ///< unit prices may be stated
    bool consumes = false;        ///< ConsumedQuantity may be stated
    bool other_currency = false;  ///< PricingCurrency is not the billing currency
    bool known_currency = false;  ///< PricingCurrency is one of ISO 4217
  };

  /// Numbers that FOCUS may not accept as the file has them, in the order in which a charge keeps
  /// them.
  static constexpr std::array replaceable = {
      NumberColumn::PricingCurrencyEffectiveCost, NumberColumn::PricingCurrencyListUnitPrice,
      NumberColumn::PricingCurrencyContractedUnitPrice, NumberColumn::ListUnitPrice,
      NumberColumn::ContractedUnitPrice};

  /// The times and numbers of one line, as the charge will have them.
  struct Figures {
    UnixSeconds start = 0;
    UnixSeconds end = 0;
    std::array<Number, number_columns> numbers;
    std::bitset<replaceable.size()> replaced;       ///< of these, the file says something else,
    std::array<Number, replaceable.size()> stated;  ///< namely this
    bool currency_given_up = false;  ///< prices are not stated in PricingCurrency after all
    bool prices_hold = false;        ///< there are unit prices that FOCUS accepts

    const Number& operator[](NumberColumn column) const {
      return numbers[static_cast<std::size_t>(column)];
    }
    Number& operator[](NumberColumn column) { return numbers[static_cast<std::size_t>(column)]; }
    /// Puts another value into a replaceable column; what the file says is kept as an x_ column.
    void replace(NumberColumn column, const Number& value);
    /// The texts of a charge, and which extra numbers it has, hang on its figures in this alone.
    unsigned long wording() const noexcept;
  };

  /// What became of a line, kept for lines like it.
  struct Kept {
    Terms terms;
    /// The latest, by Figures::wording(); nearly always one, and two where usage comes to nothing
    /// in some hours.
    std::vector<std::pair<unsigned long, std::unique_ptr<KeptCharge>>> charges;
    static constexpr std::size_t charges_max = 2;
  };

  /// Whose charge a line is, as far as it was read.
  struct Owner {
    const KeptOwner* kept = nullptr;
    const TagMap* tags = nullptr;  ///< known where nothing was kept
  };

  // Each of these is false, and fault_ says why, where the row cannot become a charge.
  bool read_texts(const Row& row);
  bool read_billing_period(const Row& row);
  bool read_maps();
  bool read_owner(const Row& row, Owner& owner);
  bool read_time(const Row& row, FocusCell cell, UnixSeconds& time);
  bool read_figures(const Row& row, const Terms& terms, Figures& figures, Scratch& scratch);
  bool read_times(const Row& row, Figures& figures);
  bool read_costs(const Terms& terms, Figures& figures);
  Text cell(const Row& row, FocusCell column) const;

  /// Of the texts as they were read.
  static Terms terms_of(const Charge& charge);
  static void settle_currency(const Terms& terms, Figures& figures);
  static void settle_prices(const Terms& terms, Figures& figures, Scratch& scratch);

  void lift_parties(const Row& row);
  void lift_service(const Row& row);
  void lift_place();
  void lift_capacity_reservation();
  /// Fills in whose charge it is: account, resource and tags.
  void put_owner(Charge& charge, const Row& row, const Owner& owner);
  void lift_commitment();
  void lift_currency(const Figures& figures);
  void lift_prices(const Figures& figures);
  void lift_units(const Figures& figures);
  void keep_extras(const Row& row);
  /// What an x_ column says, nothing where that is an empty map; valid until the next row.
  Text extra_text(const ExtraColumn& column, const Row& row);
  /// Puts another value into the column; what the file says is kept as an x_ column.
  void replace(TextColumn column, Text value);

  /// The charge in the words of a row like this one; nullptr without.
  Charge* restate(const Kept& kept, const Row& row, const Owner& owner, const Figures& figures);
  /// Fills in what is not words; the charge has an extra number for each one that was replaced.
  static void put_figures(Charge& charge, const Figures& figures);
  /// Makes charge_ of the row, whose texts and maps were read.
  void describe(const Row& row, const Figures& figures);

  UnixSeconds period_;
  FocusBinding binding_;
  Charge charge_;
  RowFault fault_;
  RepeatedRows<Kept> repeated_;
  RepeatedRows<KeptOwner> owners_;
  std::array<TimeCell, 4> times_;
  MapCache<StatedTagMap, 4096> tags_;
  MapCache<PriceDetails> details_;
  MapCache<CompactJson, 64> objects_;
  using OpaqueMaps = MapCache<OpaqueMap>;
  OpaqueMaps cost_categories_;
  OpaqueMaps discounts_;
  std::vector<std::string>
      compacted_;  ///< JSON columns of this row; empty but for exports of FOCUS 1.3 and later
};

/// AWS and its tools write nulls as text in places.
inline Text without_null(Text text) { return text == "NULL" || text == "null" ? Text() : text; }

}  // namespace billow::normalize::aws
