#include "charge/document_columns.hpp"

#include <algorithm>
#include <cassert>
#include <string>

namespace billow {
namespace {

using Kind = DocumentColumn::Kind;

constexpr std::array<std::string_view, document_dates> date_names = {
    "BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart"};
constexpr std::size_t columns_count = text_columns + number_columns + date_names.size();

DocumentColumn make_column(std::string_view name, Kind kind, std::size_t index) {
  DocumentColumn column{{}, 0, kind, static_cast<std::uint8_t>(index)};
  const bool quoted = kind == Kind::text || kind == Kind::date;
  std::string key = ",\"" + std::string(name) + (quoted ? "\":\"" : "\":");
  assert(key.size() <= DocumentColumn::key_room);
  column.key_size = static_cast<std::uint8_t>(key.size());
  key.resize(DocumentColumn::key_room);
  std::copy(key.begin(), key.end(), column.key.begin());
  return column;
}

}  // namespace

std::span<const DocumentColumn> document_columns() {
  static const auto columns = [] {
    std::array<DocumentColumn, columns_count> made{};
    std::size_t n = 0;
    for (std::size_t i = 0; i < text_columns; ++i) {
      const auto column = static_cast<TextColumn>(i);
      made[n++] = make_column(name_of(column), is_json(column) ? Kind::json : Kind::text, i);
    }
    for (std::size_t i = 0; i < number_columns; ++i) {
      made[n++] = make_column(name_of(static_cast<NumberColumn>(i)), Kind::number, i);
    }
    for (std::size_t i = 0; i < date_names.size(); ++i)
      made[n++] = make_column(date_names[i], Kind::date, i);
    // A quote sorts before every letter, so comparing keys compares names.
    std::sort(made.begin(), made.end(),
              [](const DocumentColumn& a, const DocumentColumn& b) { return a.key < b.key; });
    return made;
  }();
  return columns;
}

const DocumentColumn& document_column(TextColumn column) {
  static const auto by_column = [] {
    std::array<const DocumentColumn*, text_columns> made{};
    for (const DocumentColumn& each : document_columns()) {
      if (each.kind == Kind::text || each.kind == Kind::json) made[each.index] = &each;
    }
    return made;
  }();
  return *by_column[static_cast<std::size_t>(column)];
}

}  // namespace billow
