#pragma once

#include <string_view>

namespace billow::auth {

/// The domain that the services of a region live in: "amazonaws.com" outside the separate
/// partitions.
std::string_view aws_domain(std::string_view region) noexcept;

}  // namespace billow::auth
