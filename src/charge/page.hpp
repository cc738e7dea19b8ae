#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace billow {

/// Memory that is written from front to back, whole items at a time: a bulk body while it is
/// filled. Writers ask for room, write through plain pointers, and say at the end how far they
/// came.
class Page {
 public:
  Page() = default;
  /// Starts anew in the memory of `memory`; what it held is forgotten.
  explicit Page(std::string memory);

  /// What was written so far.
  std::size_t size() const noexcept { return size_; }
  const char* begin() const noexcept { return memory_.data(); }
  /// Where the next item goes.
  char* end() noexcept { return memory_.data() + size_; }
  /// Makes sure that `room` bytes fit behind `at`, a place behind begin(); returns `at`, moved if
  /// the memory moved.
  char* fit(char* at, std::size_t room) {
    return memory_.size() - place_of(at) >= room ? at : grow(at, room);
  }
  /// How far `at` is behind begin(): the same after the memory moved.
  std::size_t place_of(const char* at) const noexcept {
    return static_cast<std::size_t>(at - memory_.data());
  }
  /// Everything in front of `at` counts as written.
  void set_end(const char* at) noexcept {
    const std::size_t begin = size_;
    size_ = place_of(at);
    fetch_ahead(begin, size_);
  }
  /// What was written. The page is empty afterwards and has no memory.
  std::string take();

 private:
  char* grow(char* at, std::size_t room);
  /// After an item from `begin` to `end`: has the cache lines fetched that the next ones will lie
  /// in. A body is larger than the caches next to the processor, which else waits for each line.
  void fetch_ahead(std::size_t begin, std::size_t end) noexcept {
    constexpr std::size_t distance = 4096;  // an item or two
    constexpr std::size_t cache_line = 64;
    const std::size_t last = std::min(std::min(end, begin + distance) + distance, memory_.size());
    for (std::size_t place = begin + distance; place < last; place += cache_line)
      __builtin_prefetch(memory_.data() + place, 1);
  }

  std::string memory_;  ///< as long as there is memory, so that it is filled with zeros only once
  std::size_t size_ = 0;
};

}  // namespace billow
