#include "normalize/aws_map_cache.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace billow::normalize::aws {
namespace {

/// Counts how much text all of them have read and still stand for.
struct Counted {
  Counted() = default;
  Counted(Counted&& other) noexcept : bytes(std::exchange(other.bytes, 0)) {}
  Counted& operator=(Counted&& other) noexcept {
    held -= bytes;
    bytes = std::exchange(other.bytes, 0);
    return *this;
  }

  bool read(Text json, JsonReader&) {
    held += json.size();
    held -= bytes;
    bytes = json.size();
    ++reads;
    return !json.starts_with('[');
  }

  std::size_t bytes = 0;
  static inline std::size_t held = 0;
  static inline std::size_t reads = 0;
};

TEST(MapCache, KeepsWhatComesForTheSecondTime) {
  MapCache<Counted> cache;
  Counted::reads = 0;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(cache.read("{}")->bytes, 2U);
    EXPECT_EQ(cache.read("[]"), nullptr);
  }
  EXPECT_EQ(Counted::reads, 4U);
}

TEST(MapCache, TellsTextsOfOnePlaceApart) {
  MapCache<Counted, 1> cache;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(cache.read("{}")->bytes, 2U);
    EXPECT_EQ(cache.read("{}")->bytes, 2U);
    EXPECT_EQ(cache.read("[]"), nullptr);
    EXPECT_EQ(cache.read("{ }")->bytes, 3U);
    EXPECT_EQ(cache.read("[]"), nullptr);
    EXPECT_EQ(cache.read("[]"), nullptr);
  }
}

TEST(MapCache, LetsWhatIsOfUseStay) {
  MapCache<Counted, 1> cache;
  Counted::reads = 0;
  for (int round = 0; round < 10; ++round) {
    for (const char* text : {"{}", "{}", "{ }", "{ }"}) cache.read(text);
  }
  EXPECT_EQ(Counted::reads, 2U + 20U);
  for (int round = 0; round < 10; ++round) cache.read("{ }");
  EXPECT_LT(Counted::reads, 2U + 20U + 10U) << "nobody asks for the other one any more";
}

TEST(MapCache, KeepsNoMoreThanItsBytes) {
  using Cache = MapCache<Counted, 4096>;
  Cache cache;
  Counted::held = 0;
  const std::string long_one(Cache::kept_bytes_max, 'x');
  for (std::size_t i = 0; i < 10'000; ++i) {
    std::string text = std::to_string(i) + long_one;
    text.resize(long_one.size());
    for (int time = 0; time < 2; ++time) {
      const Counted* const read = cache.read(text);
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->bytes, text.size());
      // One more that is not kept, but lies there until the next one comes.
      ASSERT_LE(Counted::held, Cache::all_bytes_max + Cache::kept_bytes_max);
    }
  }
  EXPECT_GT(Counted::held, Cache::all_bytes_max / 16);
}

}  // namespace
}  // namespace billow::normalize::aws
