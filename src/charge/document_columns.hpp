#pragma once

#include "charge/charge.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace billow {

/// A column of a document and the constant bytes in front of its value: `,"BilledCost":` or, before
/// a string, `,"RegionId":"`.
struct DocumentColumn {
  enum class Kind : std::uint8_t { text, json, number, date };
  static constexpr std::size_t key_room = 48;
  std::array<char, key_room> key;
  std::uint8_t key_size;
  Kind kind;
  std::uint8_t index;  ///< within the columns of its kind; of a date a DocumentDate

  /// Writes the key in three wide stores instead of a copy of unknown length; needs key_room bytes.
  char* put_key(char* at) const noexcept {
    std::memcpy(at, key.data(), key_room);
    return at + key_size;
  }
};

/// The dates of a document in the order of their names.
enum DocumentDate : std::uint8_t {
  billing_period_end,
  billing_period_start,
  charge_period_end,
  charge_period_start,
  document_dates
};

/// All columns in the order of their names, which is the order in the document.
std::span<const DocumentColumn> document_columns();
const DocumentColumn& document_column(TextColumn column);

}  // namespace billow
