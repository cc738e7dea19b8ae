#include "http/deflate.hpp"

#include "http/inflate.hpp"

#include <gtest/gtest.h>

#include <random>

namespace billow::http {
namespace {

TEST(Deflate, CompressesTextThatShrinksAndTextThatDoesNot) {
  const std::string same(1'000'000, 'x');
  EXPECT_LT(gzip(same).size(), same.size() / 50);
  std::mt19937 random(1);
  std::string noise(300'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const std::string packed = gzip(noise);
  EXPECT_GT(packed.size(), noise.size() / 2);
  EXPECT_EQ(packed.substr(0, 2), "\x1f\x8b");
  EXPECT_FALSE(gzip("").empty());
  for (const std::string& text : {same, noise, std::string()})
    EXPECT_EQ(gunzip(gzip(text), same.size()).value(), text);
}

}  // namespace
}  // namespace billow::http
