#include "auth/ini.hpp"

#include <gtest/gtest.h>

namespace billow::auth {
namespace {

TEST(Ini, ReadsSectionsAndSettings) {
  const auto file = parse_ini(
      "\xEF\xBB\xBF# comment\n[default]\nRegion = eu-west-1\r\nkey: a=b:c\n; more\n\n[ profile x "
      "]\nempty =\n",
      "f");
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file->at("default").at("region"), "eu-west-1");
  EXPECT_EQ(file->at("default").at("key"), "a=b:c");
  EXPECT_EQ(file->at("profile x").at("empty"), "");
}

TEST(Ini, SkipsNestedSettings) {
  const auto file = parse_ini(
      "[default]\ns3 =\n  max_concurrent_requests = 20\n\taddressing_style = path\nregion = r",
      "f");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->at("default").size(), 2U);
}

TEST(Ini, TakesTheLastOfWhatIsGivenTwice) {
  const auto file = parse_ini("[a]\nx=1\ny=1\n[a]\nx=2", "f");
  EXPECT_EQ(file->at("a").at("x"), "2");
  EXPECT_EQ(file->at("a").at("y"), "1");
}

TEST(Ini, KeepsSignsInsideOfValues) {
  const auto file = parse_ini("[a]\nsecret = ab#c;d=/+", "f");
  EXPECT_EQ(file->at("a").at("secret"), "ab#c;d=/+");
}

TEST(Ini, NamesTheLineButNeverItsText) {
  for (const char* text :
       {"[a]\nx=1\nhunter2", "\n\nhunter2 = 1", "[a]\n\n[hunter2", "[a]\n\n= hunter2"}) {
    const auto file = parse_ini(text, "/home/x/.aws/credentials");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().code, Errc::malformed);
    EXPECT_TRUE(file.error().detail.starts_with("/home/x/.aws/credentials:3: "))
        << file.error().detail;
    EXPECT_EQ(file.error().detail.find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace billow::auth
