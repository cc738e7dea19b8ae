#pragma once

#include "charge/charge.hpp"
#include "charge/written_owner.hpp"

#include <array>
#include <string>
#include <vector>

namespace billow::normalize {

/// Whose charge it was, kept for the rows of the same owner: its texts, its tags, and both as they
/// are written.
class KeptOwner {
 public:
  /// Empty until something is kept.
  KeptOwner() = default;
  KeptOwner(const KeptOwner&) = delete;
  KeptOwner& operator=(const KeptOwner&) = delete;

  /// Copies the owner_texts and tags of `charge`.
  void keep(const Charge& charge);
  /// Makes `charge` one of this owner's. It borrows from here.
  void put(Charge& charge) const;

 private:
  std::array<Text, owner_texts.size()> texts_;
  std::vector<Tag> tags_;
  std::string memory_;
  WrittenOwner written_;
};

}  // namespace billow::normalize
