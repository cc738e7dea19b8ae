#include "charge/hash.hpp"

#include <gtest/gtest.h>

#include <string>

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace billow {
namespace {

#ifdef __x86_64__
bool can_tell() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid_count(0xd, 1, &a, &b, &c, &d) != 0 && (a & 4U) != 0;
}

/// Bit 2: the upper halves of the registers with 256 bits are in use, bit 6: those with 512.
__attribute__((target("xsave"))) unsigned long long registers_in_use() { return _xgetbv(1); }

TEST(Hash, LeavesNoUpperHalvesOfRegistersInUse) {
  if (!can_tell()) GTEST_SKIP() << "this processor does not tell which registers are in use";
  const std::string text(5000, 'x');
  digest_of(text);
  const auto after_digest = registers_in_use();
  hash_text(text);
  const auto after_hash = registers_in_use();
  EXPECT_EQ(after_digest & 0x44U, 0U);
  EXPECT_EQ(after_hash & 0x44U, 0U);
}
#endif

TEST(Hash, DigestsAreXxh3OfTheBytes) {
  // The published test vector of XXH3-128 for no input.
  EXPECT_EQ(digest_of(""), Uint128{0x99aa06d3014798d8U} << 64 | 0x6001c324468d497fU);
  EXPECT_NE(digest_of("a"), digest_of("b"));
}

}  // namespace
}  // namespace billow
