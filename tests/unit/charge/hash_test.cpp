#include "charge/hash.hpp"

#include "../base/registers_in_use.hpp"

#include <gtest/gtest.h>

#include <string>

namespace billow {
namespace {

TEST(Hash, LeavesNoUpperHalvesOfRegistersInUse) {
  const std::string text(5000, 'x');
  digest_of(text);
  const auto after_digest = upper_halves_in_use();
  hash_text(text);
  const auto after_hash = upper_halves_in_use();
  EXPECT_FALSE(after_digest.value_or(false));
  EXPECT_FALSE(after_hash.value_or(false));
}

TEST(Hash, DigestsAreXxh3OfTheBytes) {
  // The published test vector of XXH3-128 for no input.
  EXPECT_EQ(digest_of(""), Uint128{0x99aa06d3014798d8U} << 64 | 0x6001c324468d497fU);
  EXPECT_NE(digest_of("a"), digest_of("b"));
}

}  // namespace
}  // namespace billow
