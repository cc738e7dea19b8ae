#pragma once

#include <cstddef>
#include <string>

namespace billow::bench {

/// A bill of June 2026 as AWS exports it (CUR 2.0, 50 columns, about 940 bytes a line): usage of
/// some hundred resources in several accounts, covered in part by a savings plan. The same for the
/// same number of lines.
std::string sample_bill(std::size_t lines);

/// One gzip member by zlib at its default level, as AWS delivers it.
std::string gzip(const std::string& text);

}  // namespace billow::bench
