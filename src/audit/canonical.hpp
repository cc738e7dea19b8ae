#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

/// The form of a record that its hash is made of, so that anyone can make it again (docs/audit.md).
namespace billow::audit {

/// JSON as RFC 8785 (JCS) has it: members sorted by name, no blanks, UTF-8, only the escapes that
/// must be. Numbers are integers of 64 bits; amounts are strings. Errc::malformed for what is not
/// JSON, has another number, or names a member twice.
Result<std::string> canonical_json(std::string_view json);

/// SHA-256 in 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The hash of a record: sha256() of its canonical form without the member "Hash".
Result<std::string> hash_of(std::string_view record_json);

}  // namespace billow::audit
