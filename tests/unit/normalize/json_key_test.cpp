#include "normalize/json_key.hpp"

#include "normalize/json_page.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace billow::normalize {
namespace {

constexpr std::size_t longest = JsonPage::padding - 1;

/// A key as it lies in a page: `text`, its closing quote, and no more memory than is promised.
class Key {
 public:
  explicit Key(const std::string& text, std::size_t readable = JsonPage::padding)
      : memory_(std::make_unique<char[]>(text.size() + 1 + readable)) {
    text.copy(memory_.get(), text.size());
    memory_[text.size()] = '"';
  }
  const char* start() const { return memory_.get(); }

 private:
  std::unique_ptr<char[]> memory_;
};

std::string name_of(std::size_t size) {
  std::string name;
  for (std::size_t i = 0; i < size; ++i) name += static_cast<char>('a' + i % 26);
  return name;
}

TEST(JsonKey, IsItsNameAndNoOther) {
  for (std::size_t size = 1; size <= longest; ++size) {
    const std::string name = name_of(size);
    EXPECT_TRUE(is_key(Key(name).start(), name)) << size;
    EXPECT_FALSE(is_key(Key(name + "x").start(), name)) << size;
    EXPECT_FALSE(is_key(Key(name.substr(1)).start(), name)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = name;
      other[at] ^= 1;
      EXPECT_FALSE(is_key(Key(other).start(), name)) << size << " bytes, another at " << at;
    }
  }
}

TEST(JsonKey, IsNotANameThatGoesOnBehindItsQuote) {
  EXPECT_FALSE(is_key(Key("id\":\"x").start(), "id\":\"y"));
  EXPECT_FALSE(is_key(Key("i").start(), "id"));
}

TEST(JsonKey, IsEscapedWithABackslashBeforeItsEnd) {
  for (std::size_t size = 0; size <= longest; ++size) {
    const std::string name = name_of(size);
    EXPECT_FALSE(is_escaped(Key(name).start())) << size;
    EXPECT_FALSE(is_escaped(Key(name + "\":\"\\n").start())) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string escaped = name;
      escaped[at] = '\\';
      EXPECT_TRUE(is_escaped(Key(escaped).start())) << size << " bytes, escaped at " << at;
    }
  }
}

TEST(JsonKey, IsNotEscapedByBytesThatAreNearlyABackslash) {
  for (const int byte : {'\\' - 1, '\\' + 1, '\\' | 0x80, '"' - 1, '"' + 1, '"' | 0x80, 0, 0xFF}) {
    for (std::size_t at = 0; at < 16; ++at) {
      std::string name = name_of(16);
      name[at] = static_cast<char>(byte);
      EXPECT_FALSE(is_escaped(Key(name).start())) << byte << " at " << at;
      name += '\\';
      EXPECT_TRUE(is_escaped(Key(name).start())) << byte << " at " << at;
    }
  }
}

}  // namespace
}  // namespace billow::normalize
