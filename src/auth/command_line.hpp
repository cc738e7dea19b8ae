#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace billow::auth {

/// Splits a command as a POSIX shell would split plain words: blanks separate, '...' and "..." keep
/// them, backslash takes the next character as it is (inside "..." only before \ and "). Nothing is
/// expanded.
Result<std::vector<std::string>> split_command(std::string_view text);

}  // namespace billow::auth
