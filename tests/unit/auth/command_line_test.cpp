#include "auth/command_line.hpp"

#include <gmock/gmock.h>

namespace billow::auth {
namespace {

using testing::ElementsAre;

TEST(SplitCommand, SplitsAtBlanks) {
  EXPECT_THAT(*split_command("  a  b\tc "), ElementsAre("a", "b", "c"));
}

TEST(SplitCommand, KeepsQuotedBlanksTogether) {
  EXPECT_THAT(*split_command(R"("/opt/my tool" 'a "b"' x"y z"'w' "" '')"),
              ElementsAre("/opt/my tool", "a \"b\"", "xy zw", "", ""));
}

TEST(SplitCommand, TakesEscapedCharactersAsTheyAre) {
  EXPECT_THAT(*split_command(R"(a\ b \"c "d\"e\\f\n" 'g\h')"),
              ElementsAre("a b", "\"c", "d\"e\\f\\n", "g\\h"));
}

TEST(SplitCommand, ExpandsNothing) {
  EXPECT_THAT(*split_command("$HOME ~ *;ls|x"), ElementsAre("$HOME", "~", "*;ls|x"));
}

TEST(SplitCommand, RefusesWhatIsNotClosed) {
  for (const char* text : {"", "  ", "'a", "\"a", "a\\", "\"a\\"}) {
    const auto words = split_command(text);
    ASSERT_FALSE(words) << text;
    EXPECT_EQ(words.error().code, Errc::bad_config);
  }
}

}  // namespace
}  // namespace billow::auth
