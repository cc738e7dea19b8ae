#include "charge/copies.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace billow {
namespace {

TEST(Copies, CopiesEveryLength) {
  for (std::size_t size = 0; size <= 70; ++size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('0' + i);
    const std::vector<char> exact(text.begin(), text.end());
    const auto out = std::make_unique<char[]>(size);
    ASSERT_EQ(std::string(out.get(), copy_to(out.get(), {exact.data(), exact.size()})), text);
  }
}

TEST(Copies, CopyBlocksEndsWhereTheTextEnds) {
  const std::string text = std::string(100, 'a') + std::string(copied_block, ' ');
  for (std::size_t size = 0; size <= 100; ++size) {
    const auto out = std::make_unique<char[]>(size + copied_block);
    ASSERT_EQ(std::string(out.get(), copy_blocks(out.get(), text.data(), size)),
              std::string(size, 'a'));
  }
}

}  // namespace
}  // namespace billow
