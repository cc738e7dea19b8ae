#include "normalize/dead_letters.hpp"

#include <gtest/gtest.h>

namespace billow::normalize {
namespace {

TEST(DeadLetters, LineIsCutBetweenCharacters) {
  EXPECT_EQ(readable_line("plain", 100), "plain");
  EXPECT_EQ(readable_line("plain", 3), "pla");
  const std::string_view text = "a\xC3\xA9\xF0\x9F\x92\xB0z";
  EXPECT_EQ(readable_line(text, 8), text);
  EXPECT_EQ(readable_line(text, 7), "a\xC3\xA9\xF0\x9F\x92\xB0");
  EXPECT_EQ(readable_line(text, 6), "a\xC3\xA9");
  EXPECT_EQ(readable_line(text, 2), "a");
  EXPECT_EQ(readable_line(text, 0), "");
}

TEST(DeadLetters, LineIsAlwaysUtf8) {
  EXPECT_EQ(readable_line("a\xFF\xFE z", 100), "a\xEF\xBF\xBD\xEF\xBF\xBD z");
  EXPECT_EQ(readable_line("\xC3", 100), "\xEF\xBF\xBD");
  EXPECT_EQ(readable_line("\xC3(", 100), "\xEF\xBF\xBD(");
  EXPECT_EQ(readable_line("\xE6\x9D\xB1\x80", 100), "\xE6\x9D\xB1\xEF\xBF\xBD");
  EXPECT_EQ(readable_line("\xFF\xFF", 4), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace billow::normalize
