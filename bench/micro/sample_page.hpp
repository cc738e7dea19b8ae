#pragma once

#include <cstddef>
#include <string>

namespace billow::bench {

/// One day of an organisation of Elastic Cloud as its billing API answers, without blanks: that
/// many deployments of 12 lines each, about 480 bytes a line. The same for the same number.
std::string sample_page(std::size_t deployments);

}  // namespace billow::bench
