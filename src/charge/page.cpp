#include "charge/page.hpp"

#include <algorithm>
#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace billow {
namespace {

/// Asks for few large pages of memory instead of many small ones: they are cheaper to get and to
/// find again. A hint; where it is not taken, nothing changes.
void prefer_huge_pages([[maybe_unused]] std::string& memory) noexcept {
#ifdef MADV_HUGEPAGE
  constexpr std::size_t huge_page = 2 << 20;
  if (memory.capacity() < huge_page) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  char* const start = memory.data() - address % page;
  ::madvise(start, address % page + memory.capacity(), MADV_HUGEPAGE);
#endif
}

}  // namespace

Page::Page(std::string memory) : memory_(std::move(memory)) {
  prefer_huge_pages(memory_);
  memory_.resize(memory_.capacity());
}

char* Page::grow(char* at, std::size_t room) {
  const std::size_t place = place_of(at);
  memory_.resize(std::max(place + room, 2 * memory_.size()));
  return memory_.data() + place;
}

std::string Page::take() {
  memory_.resize(std::exchange(size_, 0));
  return std::exchange(memory_, {});
}

}  // namespace billow
