#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace billow::normalize {

/// The bytes of one page of JSON, gathered until it is whole. The memory is kept for the next page.
class JsonPage {
 public:
  explicit JsonPage(std::size_t bytes_max = limits::json_page_bytes_max) : bytes_max_(bytes_max) {}

  /// Starts a new page.
  void begin() noexcept { size_ = 0; }
  /// Where the next bytes go, never empty. Errc::over_limit when the page has
  /// reached its limit.
  Result<std::span<char>> room();
  void filled(std::size_t bytes) noexcept { size_ += bytes; }

  /// What was filled in, until the next call of room(). padding blanks follow it, for simdjson
  /// reads beyond the end.
  std::string_view text() noexcept;
  static constexpr std::size_t padding = 64;

 private:
  std::size_t bytes_max_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;  ///< without the padding
  std::size_t size_ = 0;
};

}  // namespace billow::normalize
