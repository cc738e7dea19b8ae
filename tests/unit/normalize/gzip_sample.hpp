#pragma once

#include <string>
#include <string_view>

namespace billow::normalize {

/// One gzip member that holds `text`.
std::string gzip(std::string_view text);

}  // namespace billow::normalize
