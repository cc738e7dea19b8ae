#pragma once

#include <optional>

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace billow {

#ifdef __x86_64__
/// The components of the processor's state that are in use (XINUSE).
__attribute__((target("xsave"))) inline unsigned long long state_in_use() { return _xgetbv(1); }

/// Whether the upper halves of any vector register are in use; nullopt on processors that do not
/// tell.
inline std::optional<bool> upper_halves_in_use() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned tells = 1U << 2;
  if (__get_cpuid_count(0xd, 1, &a, &b, &c, &d) == 0 || (a & tells) == 0) return std::nullopt;
  constexpr unsigned long long of_256_bits = 1U << 2;
  constexpr unsigned long long of_512_bits = 1U << 6;
  return (state_in_use() & (of_256_bits | of_512_bits)) != 0;
}
#else
inline std::optional<bool> upper_halves_in_use() { return std::nullopt; }
#endif

}  // namespace billow
