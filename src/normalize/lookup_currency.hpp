#pragma once

#include <string_view>

namespace billow::normalize {

/// True for the currency codes in use by ISO 4217: three upper-case letters, FOCUS's
/// CurrencyFormat.
bool is_currency(std::string_view code) noexcept;

}  // namespace billow::normalize
