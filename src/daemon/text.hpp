#pragma once

#include <string>
#include <string_view>

namespace billow::daemon {

/// What a provider sent may hold anything; these make it fit to be shown. Bytes that are no UTF-8
/// become U+FFFD.

/// As the inside of a JSON string.
std::string json_escaped(std::string_view text);
/// On one line of a terminal: control characters become blanks, so that nothing can move the cursor
/// or fake a line.
std::string printable(std::string_view text);

/// As a field of a CSV file: quoted where it must be.
std::string csv_field(const std::string& text);

}  // namespace billow::daemon
