#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace billow::http {

/// Unpacks a whole gzip body, several members included. Errc::over_limit when it holds more than
/// `bytes_max`, Errc::malformed when it is not gzip, is cut short or fails its checksum.
Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max);

}  // namespace billow::http
