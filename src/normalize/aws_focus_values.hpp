#pragma once

#include "normalize/aws_json_map.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize::aws {

/// The ServiceCategory that FOCUS puts above a ServiceSubcategory; "" for one it does not know.
std::string_view category_of(std::string_view subcategory) noexcept;
/// True for the service categories of FOCUS.
bool is_service_category(std::string_view category) noexcept;
/// "Other (Compute)" for "Compute", which must be one of FOCUS.
std::string_view other_of(std::string_view category) noexcept;

/// True when FOCUS allows the value in a column with a fixed list: ChargeCategory, ChargeClass,
/// ChargeFrequency, PricingCategory, CommitmentDiscountCategory, CommitmentDiscountStatus,
/// CapacityReservationStatus. True for any other column.
bool is_allowed(TextColumn column, Text value) noexcept;

/// SkuPriceDetails as FOCUS 1.2 and later want it: a flat object, numbers where FOCUS defines
/// numbers, and an x_ in front of every key that FOCUS does not define.
class PriceDetails {
 public:
  bool read(Text json, JsonReader& reader);
  std::string json;  ///< "" when there is nothing to say

 private:
  std::vector<JsonEntry> entries_;
  std::string memory_;
};

/// A JSON object that is kept whole, as JsonReader::compact() writes it: a document with a key
/// twice in one object is refused.
class CompactJson {
 public:
  bool read(Text json, JsonReader& reader);
  std::string json;  ///< "" for an object without members
};

}  // namespace billow::normalize::aws
