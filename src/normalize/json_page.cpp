#include "normalize/json_page.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace billow::normalize {

static_assert(JsonPage::padding >= simdjson::SIMDJSON_PADDING);

Result<std::span<char>> JsonPage::room() {
  if (size_ < capacity_) return std::span(memory_.get() + size_, capacity_ - size_);
  if (capacity_ == bytes_max_) {
    return Error{Errc::over_limit,
                 "the page has reached the limit of " + std::to_string(bytes_max_) + " bytes"};
  }
  const std::size_t capacity =
      std::min(bytes_max_, std::max(2 * capacity_, limits::fetch_block_bytes));
  auto memory = std::make_unique_for_overwrite<char[]>(capacity + padding);
  if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
  memory_ = std::move(memory);
  capacity_ = capacity;
  return std::span(memory_.get() + size_, capacity_ - size_);
}

std::string_view JsonPage::text() noexcept {
  if (memory_ == nullptr) return {};
  std::memset(memory_.get() + size_, ' ', padding);
  return {memory_.get(), size_};
}

}  // namespace billow::normalize
