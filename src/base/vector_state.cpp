#include "base/vector_state.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define BILLOW_HAS_AVX 1
#endif

namespace billow {

#ifdef BILLOW_HAS_AVX
namespace {

__attribute__((target("avx"))) void clear() noexcept { _mm256_zeroupper(); }

const bool has_avx = __builtin_cpu_supports("avx") != 0;

}  // namespace

void clear_upper_halves() noexcept {
  if (has_avx) clear();
}
#else
void clear_upper_halves() noexcept {}
#endif

}  // namespace billow
