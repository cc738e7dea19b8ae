#pragma once

#include "base/limits.hpp"
#include "normalize/csv_row.hpp"
#include "normalize/sightings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace billow::normalize {

/// The places of a file's columns that are not among `places`.
std::vector<std::size_t> all_but(std::size_t columns, const std::vector<std::size_t>& places);

/// The part of a row that lines of a bill repeat: all of its columns but those that were named as
/// varying, as they stand in the file. Equal keys mean equal fields.
class RowKey {
 public:
  /// Longer rows are hardly repeated, and not worth the memory.
  static constexpr std::size_t row_bytes_max = 4 * limits::KiB;

  /// `varying`: the places of the columns that differ from line to line, in any order.
  void bind(std::size_t columns, std::vector<std::size_t> varying);
  /// Reads a row; false when it cannot have a key.
  bool read(const Row& row) noexcept;
  std::string_view bytes() const noexcept { return {bytes_.get(), size_}; }
  std::uint64_t hash() const noexcept;
  /// Of some of the bytes only: good for a guess.
  std::uint64_t quick_hash() const noexcept;

 private:
  struct Run {
    std::size_t first, last;  ///< neighbouring columns, first to last - 1
  };
  std::vector<Run> runs_;
  std::size_t columns_ = 0;
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

/// Keeps what was made of a row for the next row with the same key. A row is kept when its key
/// comes for the second time, so that bills without repetition cost no memory. `Kept` is
/// default-made. Memory is bounded by `slots` times what one Kept takes.
template <class Kept, std::size_t slots = 4096>
class RepeatedRows {
 public:
  /// Forgets every row; see RowKey.
  void bind(std::size_t columns, std::vector<std::size_t> varying) {
    key_.bind(columns, std::move(varying));
    sightings_ = Sightings(slots);
    table_ = std::vector<Slot>(slots);
    guesses_.assign(slots, nullptr);
  }

  /// What is kept for rows like this one, nullptr without. Valid until the next claim().
  Kept* find(const Row& row) {
    has_key_ = key_.read(row);
    if (!has_key_) return nullptr;
    // A whole hash costs more than a comparison.
    Slot*& guess = guesses_[key_.quick_hash() % slots];
    if (guess == nullptr || !guess->holds(key_.bytes())) {
      hash_ = key_.hash();
      Slot& slot = table_[hash_ % slots];
      if (!sightings_.may_hold(hash_) || !slot.holds(key_.bytes())) return nullptr;
      guess = &slot;
    }
    guess->tenure.use();
    return guess->kept.get();
  }

  /// After find() found nothing: the place for what is made of that row, nullptr when it is not to
  /// be kept.
  Kept* claim() {
    if (!has_key_ || !sightings_.came_before(hash_)) return nullptr;
    Slot& slot = table_[hash_ % slots];
    if (slot.tenure.resists()) return nullptr;
    sightings_.hold(hash_);
    slot.key.assign(key_.bytes());
    slot.kept = std::make_unique<Kept>();
    return slot.kept.get();
  }

 private:
  struct Slot {
    std::string key;
    std::unique_ptr<Kept> kept;
    Tenure tenure;

    bool holds(std::string_view bytes) const noexcept { return kept != nullptr && key == bytes; }
  };

  RowKey key_;
  bool has_key_ = false;
  std::uint64_t hash_ = 0;
  Sightings sightings_{slots};
  std::vector<Slot> table_;
  std::vector<Slot*> guesses_;  ///< the slot found last, by quick hash
};

}  // namespace billow::normalize
