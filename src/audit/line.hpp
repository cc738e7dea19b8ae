#pragma once

#include "charge/control_totals.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Charges as they are stored, read back. Pure.
namespace billow::audit {

/// A document of an index of charges.
struct StoredLine {
  std::string_view id;
  std::uint64_t version = 1;
  std::string_view source;  ///< as it stands, every digit
};

/// The part of a stored charge that its digest covers (charge/encode.hpp): what comes before our
/// x_LineItemId, x_DeliveryId, x_SliceId and x_IngestedAt. nullopt when the document does not end
/// with these, in this order.
std::optional<std::string_view> statement_of(std::string_view source);

/// What a stored charge adds to the control totals of its slice.
struct LineTotals {
  std::string slice;  ///< x_SliceId; "" when it has none that is a text
  std::string currency;
  std::array<Decimal, cost_kinds> costs{};  ///< 0 where there is none
  Uint128 digest = 0;  ///< of the statement, or of the whole document where it has none
};
/// nullopt for what is no JSON object.
std::optional<LineTotals> totals_of(std::string_view source);
/// Counts a line.
void add(ControlTotals& totals, const LineTotals& line);

/// The ordinal in the _id of a line of `slice`; nullopt for an id that line_id() does not make.
std::optional<std::uint64_t> ordinal_of(std::string_view id, std::string_view slice);

/// The members of a statement or document and their JSON, in the order of their names.
std::vector<std::pair<std::string, std::string>> members_of(std::string_view json);

}  // namespace billow::audit
