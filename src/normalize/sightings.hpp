#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace billow::normalize {

/// Which places of a table are taken, and which texts came once, by parts of their hashes. What is
/// looked for is mostly not there or not worth keeping, and to ask here costs 8 bytes of a place
/// instead of memory that nobody touched for long.
class Sightings {
 public:
  /// `places`: a power of two.
  explicit Sightings(std::size_t places) : marks_(places), last_(places - 1) {}

  /// False when nothing of this hash was kept; true may be an error.
  bool may_hold(std::uint64_t hash) const noexcept { return mark_of(hash).held == part_of(hash); }
  /// True when this hash was asked for before and its place by none since. An error is rare.
  bool came_before(std::uint64_t hash) noexcept {
    std::uint32_t& seen = marks_[hash & last_].seen;
    if (seen == part_of(hash)) return true;
    seen = part_of(hash);
    return false;
  }
  /// Something of this hash is kept from now on, and what was kept at its place is not.
  void hold(std::uint64_t hash) noexcept { marks_[hash & last_].held = part_of(hash); }

 private:
  struct Mark {
    std::uint32_t held = 0;
    std::uint32_t seen = 0;
  };
  const Mark& mark_of(std::uint64_t hash) const noexcept { return marks_[hash & last_]; }
  /// Never 0, which is nothing. Of the bits that the place does not depend on.
  static std::uint32_t part_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 32) | 1U;
  }

  std::vector<Mark> marks_;
  std::size_t last_;
};

/// Lets what is kept at a place stay while it is of use. Where a table is too small for all that
/// repeats, what has the place and what comes for it are of the same use, and to make room costs.
class Tenure {
 public:
  void use() noexcept { left_ = challenges_max; }
  /// True when the one who has the place keeps it this time.
  bool resists() noexcept {
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  static constexpr int challenges_max = 4;
  int left_ = 0;
};

}  // namespace billow::normalize
