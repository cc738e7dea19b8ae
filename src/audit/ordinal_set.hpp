#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>

namespace billow::audit {

/// Which lines of a slice were met, by ordinal. Memory: a bit a line where they follow one another,
/// and never more than a page of bits for each line that was met, whatever its ordinal.
class OrdinalSet {
 public:
  /// False when it is in already.
  bool insert(std::uint64_t ordinal) {
    auto bit = pages_[ordinal / page_bits][ordinal % page_bits];
    if (bit) return false;
    bit = true;
    ++size_;
    return true;
  }
  bool contains(std::uint64_t ordinal) const {
    const auto page = pages_.find(ordinal / page_bits);
    return page != pages_.end() && page->second[ordinal % page_bits];
  }
  std::uint64_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t page_bits = 4096;
  std::map<std::uint64_t, std::bitset<page_bits>> pages_;
  std::uint64_t size_ = 0;
};

}  // namespace billow::audit
