#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace billow::auth {

using IniSection = std::map<std::string, std::string>;  ///< keys in lower case
using IniFile = std::map<std::string, IniSection>;      ///< by what stands between the brackets

/// Reads the format of ~/.aws/config and ~/.aws/credentials: `[section]`, `key = value` or `key:
/// value`, whole lines of '#' or ';' comment. Indented lines (nested settings such as `s3 =`) are
/// skipped; what is given twice counts as given last. Errc::malformed names `file` and the line's
/// number, never its text: it may be a secret.
Result<IniFile> parse_ini(std::string_view text, const std::string& file);

}  // namespace billow::auth
