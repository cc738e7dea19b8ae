#include "normalize/repeated_rows.hpp"

#include "charge/copies.hpp"
#include "charge/hash.hpp"
#include "normalize/csv_index.hpp"

#include <algorithm>

namespace billow::normalize {

static_assert(copied_block <= csv_index_slack);

std::vector<std::size_t> all_but(std::size_t columns, const std::vector<std::size_t>& places) {
  std::vector<std::size_t> others;
  for (std::size_t place = 0; place < columns; ++place) {
    if (std::ranges::find(places, place) == places.end()) others.push_back(place);
  }
  return others;
}

void RowKey::bind(std::size_t columns, std::vector<std::size_t> varying) {
  columns_ = columns;
  runs_.clear();
  std::sort(varying.begin(), varying.end());
  std::size_t first = 0;
  for (const std::size_t place : varying) {
    if (place >= columns) break;
    if (place > first) runs_.push_back({first, place});
    first = place + 1;
  }
  if (first < columns) runs_.push_back({first, columns});
  bytes_ = std::make_unique<char[]>(row_bytes_max + copied_block);
}

bool RowKey::read(const Row& row) noexcept {
  if (!row.has_source() || row.size() != columns_) return false;
  if (row.source(0, columns_).size() >= row_bytes_max) return false;
  char* out = bytes_.get();
  for (const Run& run : runs_) {
    const std::string_view source = row.source(run.first, run.last);
    // With the separator behind it: without, "a," and "b" would be "a" and ",b".
    out = copy_blocks(out, source.data(), source.size() + 1);
  }
  size_ = static_cast<std::size_t>(out - bytes_.get());
  return true;
}

std::uint64_t RowKey::quick_hash() const noexcept {
  constexpr std::size_t samples = 12;
  constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15;
  // The products do not wait for each other. Behind the key there is a block to spare.
  const std::size_t step = size_ / samples;
  std::uint64_t hash = size_ * odd;
  for (std::size_t i = 0; i < samples; ++i)
    hash += load_word<std::uint64_t>(bytes_.get() + i * step) * (odd + 0x1'0001'0002 * i);
  return hash >> 32;
}

std::uint64_t RowKey::hash() const noexcept { return hash_text(bytes()); }

}  // namespace billow::normalize
