#pragma once

#include "base/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// Memory for texts made while one row is converted: handed out from blocks that are kept, taken
/// back all at once. Views stay valid until clear().
class Scratch {
 public:
  /// Room for `size` bytes.
  char* take(std::size_t size) {
    if (size > room_) grow(size);
    char* place = next_;
    next_ += size;
    room_ -= size;
    return place;
  }
  /// A copy of `text`.
  std::string_view keep(std::string_view text) {
    char* place = take(text.size());
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }
  /// The texts one after the other.
  template <class... Parts>
  std::string_view concat(const Parts&... parts) {
    const std::size_t size = (std::string_view(parts).size() + ... + 0);
    char* const start = take(size);
    char* place = start;
    const auto append = [&place](std::string_view part) {
      if (!part.empty()) std::memcpy(place, part.data(), part.size());
      place += part.size();
    };
    (append(std::string_view(parts)), ...);
    return {start, size};
  }
  void clear() noexcept {
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    next_ = blocks_.empty() ? nullptr : blocks_.back().bytes.get();
    room_ = blocks_.empty() ? 0 : blocks_.back().size;
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  void grow(std::size_t size) {
    const std::size_t block = std::max(size, 64 * limits::KiB);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(block), block});
    next_ = blocks_.back().bytes.get();
    room_ = block;
  }

  std::vector<Block> blocks_;
  char* next_ = nullptr;
  std::size_t room_ = 0;
};

}  // namespace billow::normalize
