#pragma once

#include "base/error.hpp"
#include "normalize/normalizer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// `line` as valid UTF-8 of at most `bytes_max` bytes: what is not UTF-8 becomes U+FFFD, the end
/// may be cut.
std::string readable_line(std::string_view line, std::size_t bytes_max);

/// Keeps the rows that could not become charges, within the bounds of base/limits.hpp: a file of
/// nothing but nonsense must not fill memory.
class DeadLetters {
 public:
  /// Errc::over_limit when there are more than limits::dead_letters_kept_max: then the file as a
  /// whole is wrong.
  Result<void> add(std::string_view object, std::uint64_t row, std::string_view column,
                   std::string_view reason, std::string_view line);
  std::uint64_t count() const noexcept { return count_; }
  std::vector<DeadLetter> take() noexcept { return std::move(kept_); }

 private:
  std::vector<DeadLetter> kept_;
  std::uint64_t count_ = 0;
  std::size_t line_bytes_ = 0;
};

}  // namespace billow::normalize
