#pragma once

#include "base/error.hpp"
#include "http/client.hpp"

#include <string>

namespace billow::http {

/// The request line and header as they go on the wire, up to and including the empty line. Refuses
/// (Errc::rejected) what would let a value smuggle in another header or request.
Result<std::string> header_text(const Request& request);

/// The value of the first header of this lower-case name, or "". `headers` may be in any case.
std::string_view find_header(const Headers& headers, std::string_view name) noexcept;

}  // namespace billow::http
