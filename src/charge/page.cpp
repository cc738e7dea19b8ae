#include "charge/page.hpp"

#include <algorithm>
#include <utility>

namespace billow {

Page::Page(std::string memory) : memory_(std::move(memory)) { memory_.resize(memory_.capacity()); }

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
