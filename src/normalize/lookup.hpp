#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// A hash for the short codes of bills. Looks at the ends of a text only, so texts that differ in
/// their middle alone collide: whoever uses it compares the texts.
inline std::uint64_t hash_ends(std::string_view text) noexcept {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  if (text.size() >= sizeof head) {
    std::memcpy(&head, text.data(), sizeof head);
    std::memcpy(&tail, text.data() + text.size() - sizeof tail, sizeof tail);
  } else if (!text.empty()) {
    std::memcpy(&head, text.data(), text.size());
  }
  std::uint64_t mixed = (head ^ (tail << 21 | tail >> 43) ^ text.size()) * 0x9E3779B97F4A7C15U;
  return mixed ^ mixed >> 29;
}

/// Finds texts among a fixed set: made once, then read by any number of threads without locks.
class TextIndex {
 public:
  static constexpr std::size_t none = SIZE_MAX;

  TextIndex() = default;
  /// The keys are borrowed and must outlive the index. Of equal keys the first counts.
  explicit TextIndex(std::vector<std::string_view> keys);

  /// The place of `text` among the keys, or `none`.
  std::size_t find(std::string_view text) const noexcept {
    if (slots_.empty()) return none;
    for (std::size_t slot = hash_ends(text) & mask_;; slot = (slot + 1) & mask_) {
      const std::uint32_t place = slots_[slot];
      if (place == free_slot) return none;
      if (keys_[place] == text) return place;
    }
  }

 private:
  static constexpr std::uint32_t free_slot = UINT32_MAX;
  std::vector<std::string_view> keys_;
  std::vector<std::uint32_t> slots_;
  std::size_t mask_ = 0;
};

/// The lines of a lookup table: comma-separated fields without quotes, a header line first. Empty
/// lines and lines that start with '#' are left out. The views borrow from `text`.
std::vector<std::vector<std::string_view>> table_lines(std::string_view text);

/// The text of a file below ingest/ that is compiled in, e.g. "aws/services.csv"; "" if there is
/// none.
std::string_view ingest_file(std::string_view name) noexcept;

/// A lookup table of two columns, by its name below ingest/: made once, then read by any thread.
class Renaming {
 public:
  explicit Renaming(std::string_view file);
  /// "" for what the table does not know.
  std::string_view find(std::string_view text) const noexcept {
    const std::size_t place = index_.find(text);
    return place == TextIndex::none ? std::string_view() : to_[place];
  }

 private:
  std::vector<std::string_view> to_;
  TextIndex index_;
};

}  // namespace billow::normalize
