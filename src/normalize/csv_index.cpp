#include "normalize/csv_index.hpp"

#include "normalize/csv_index_block.hpp"

#include <cstring>
#include <vector>

namespace billow::normalize {
namespace csv {
namespace {

constexpr std::uint64_t prefix_parity(std::uint64_t bits) noexcept {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

CsvIndex index_csv_portably(const char* text, std::size_t from, std::size_t to,
                            CsvPlaces places) noexcept {
  CsvIndex index;
  const auto write = [](std::uint64_t bits, std::size_t base, std::uint32_t* out) {
    return write_by_four(bits, base, out);
  };
  Carry carry;
  for (std::size_t at = from; at < to; at += block_bytes) {
    Masks masks{0, 0, 0};
    std::uint64_t returns = 0;
    const std::size_t size = to - at < block_bytes ? to - at : block_bytes;
    for (std::size_t i = 0; i < size; ++i) {
      const char c = text[at + i];
      masks.quote |= std::uint64_t{c == '"'} << i;
      masks.comma |= std::uint64_t{c == ','} << i;
      masks.line_feed |= std::uint64_t{c == '\n'} << i;
      returns |= std::uint64_t{c == '\r'} << i;
    }
    index.has_nul = index.has_nul || std::memchr(text + at, 0, size) != nullptr;
    const Found found =
        judge(masks, prefix_parity(masks.quote), carry, [returns] { return returns; });
    if (take_block(found, valid_bits(at, to), at, places, index, write)) break;
  }
  return index;
}

}  // namespace

}  // namespace csv

std::span<const CsvIndexPath> csv_index_paths() {
  static const std::vector<CsvIndexPath> paths = [] {
    std::vector<CsvIndexPath> usable;
#if defined(__x86_64__) && defined(__GNUC__)
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
                          __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
    const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                            __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512vbmi2");
    if (has_avx512) usable.push_back({"avx512", &csv::index_csv_avx512});
    if (has_avx2) usable.push_back({"avx2", &csv::index_csv_avx2});
#endif
    usable.push_back({"portable", &csv::index_csv_portably});
    return usable;
  }();
  return paths;
}

}  // namespace billow::normalize
