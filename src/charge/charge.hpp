#pragma once

#include "base/civil_time.hpp"
#include "base/decimal.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace billow {

class Wording;
class WrittenOwner;

/// A text value that a charge borrows: from the chunk of the file, from the normalizer's scratch
/// memory or from a table. A default-made view (data() == nullptr) is null; FOCUS knows no empty
/// strings, so an empty view counts as null too.
using Text = std::string_view;

/// A number with the digits it came with. `text` is valid JSON in plain notation and equal to
/// `value`; empty text means null.
struct Number {
  Text text;
  Decimal value;
  bool has_value() const noexcept { return !text.empty(); }
};

/// One `x_` column: a name with its prefix, and its value.
struct ExtraText {
  Text name;
  Text value;
  bool varies = false;  ///< is no part of the charge's wording
};
struct ExtraNumber {
  Text name;
  Number value;
};
/// One tag. A tag without a value has `value.data() == nullptr` and becomes `true` in Tags
/// (FOCUS 1.2+).
struct Tag {
  Text key;
  Text value;
};

/// The text columns of FOCUS 1.4 Cost and Usage, in the order they are written. JSON columns other
/// than Tags hold their JSON text. See facts about each at the FOCUS specification, column of the
/// same name.
enum class TextColumn : std::size_t {
  AllocatedMethodDetails,
  AllocatedMethodId,
  AllocatedResourceId,
  AllocatedResourceName,
  AllocatedTags,
  AvailabilityZone,
  BillingAccountId,
  BillingAccountName,
  BillingAccountType,
  BillingCurrency,
  CapacityReservationId,
  CapacityReservationStatus,
  ChargeCategory,
  ChargeClass,
  ChargeDescription,
  ChargeFrequency,
  CommitmentDiscountCategory,
  CommitmentDiscountId,
  CommitmentDiscountName,
  CommitmentDiscountStatus,
  CommitmentDiscountType,
  CommitmentDiscountUnit,
  CommitmentProgramEligibilityDetails,
  ConsumedUnit,
  ContractApplied,
  HostProviderName,
  InvoiceDetailId,
  InvoiceId,
  InvoiceIssuerName,
  PricingCategory,
  PricingCurrency,
  PricingUnit,
  RegionId,
  RegionName,
  ResourceId,
  ResourceName,
  ResourceType,
  ServiceCategory,
  ServiceName,
  ServiceProviderName,
  ServiceSubcategory,
  SkuId,
  SkuMeter,
  SkuPriceDetails,
  SkuPriceId,
  SubAccountId,
  SubAccountName,
  SubAccountType,
  count_
};

/// The decimal columns of FOCUS 1.4 Cost and Usage.
enum class NumberColumn : std::size_t {
  BilledCost,
  CommitmentDiscountQuantity,
  ConsumedQuantity,
  ContractedCost,
  ContractedUnitPrice,
  EffectiveCost,
  ListCost,
  ListUnitPrice,
  PricingCurrencyContractedUnitPrice,
  PricingCurrencyEffectiveCost,
  PricingCurrencyListUnitPrice,
  PricingQuantity,
  count_
};

inline constexpr std::size_t text_columns = static_cast<std::size_t>(TextColumn::count_);
inline constexpr std::size_t number_columns = static_cast<std::size_t>(NumberColumn::count_);

/// The texts that tell whose charge it is, as tags do: many owners are charged for the same thing.
inline constexpr std::array owner_texts = {TextColumn::ResourceId,     TextColumn::ResourceName,
                                           TextColumn::ResourceType,   TextColumn::SubAccountId,
                                           TextColumn::SubAccountName, TextColumn::SubAccountType};
bool is_owner_text(TextColumn column) noexcept;

/// The FOCUS name of a column, e.g. "BilledCost".
std::string_view name_of(TextColumn column) noexcept;
std::string_view name_of(NumberColumn column) noexcept;
/// True for columns whose text is JSON and is written as such.
bool is_json(TextColumn column) noexcept;

/// One FOCUS 1.4 row, borrowed: every view must outlive the charge. Filled and encoded one at a
/// time and used again for the next row; clear() makes everything null.
struct Charge {
  std::array<Text, text_columns> texts;
  std::array<Number, number_columns> numbers;
  UnixSeconds billing_period_start = 0;  ///< inclusive, UTC
  UnixSeconds billing_period_end = 0;    ///< exclusive, UTC
  UnixSeconds charge_period_start = 0;   ///< inclusive, UTC
  UnixSeconds charge_period_end = 0;     ///< exclusive, UTC
  std::span<const Tag> tags;             ///< in the provider's order; keys are unique
  std::vector<ExtraText> extra_texts;    ///< part of the statement: they count in the digest
  std::vector<ExtraNumber> extra_numbers;
  /// The provider's id of the line, when it has one. AWS mints it anew with every delivery, so it
  /// is kept as x_LineItemId but is no part of the digest.
  Text line_item_id;
  /// Where the encoder keeps what this charge has in common with others; nullptr for a charge that
  /// is like no other. Charges that share a wording differ in numbers, charge period, line_item_id,
  /// varying extra texts, owner_texts and tags alone.
  Wording* wording = nullptr;
  /// What Encoder::write_owner() made of this charge's owner_texts and tags; nullptr where that is
  /// not known.
  const WrittenOwner* owner = nullptr;

  Text& operator[](TextColumn column) noexcept { return texts[static_cast<std::size_t>(column)]; }
  Text operator[](TextColumn column) const noexcept {
    return texts[static_cast<std::size_t>(column)];
  }
  Number& operator[](NumberColumn column) noexcept {
    return numbers[static_cast<std::size_t>(column)];
  }
  const Number& operator[](NumberColumn column) const noexcept {
    return numbers[static_cast<std::size_t>(column)];
  }

  void clear() noexcept;
};

}  // namespace billow
