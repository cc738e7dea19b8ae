#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace billow {

/// What a statement says of a charge's owner, written once for all of the owner's charges: its
/// owner_texts and tags, which are two passages of the document. An Encoder writes it and copies
/// it.
class WrittenOwner {
 public:
  /// For the one who counts charges by what they have in common: 0 until it is set.
  mutable std::uint32_t mark = 0;

 private:
  friend class Encoder;

  /// Bytes with a copied_block of others behind them.
  struct Passage {
    std::string bytes;
    std::size_t size = 0;
  };
  Passage resource_;
  Passage account_and_tags_;
};

}  // namespace billow
