#include "http/client.hpp"

#include <gtest/gtest.h>

namespace billow::http {
namespace {

Url parsed(std::string_view text) {
  auto url = Url::parse(text);
  EXPECT_TRUE(url) << text;
  return url ? *url : Url();
}

TEST(Url, HasTheDefaultsOfItsScheme) {
  const Url plain = parsed("http://Example.COM");
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.host, "example.com");
  EXPECT_EQ(plain.port, 80);
  EXPECT_EQ(plain.target, "/");
  EXPECT_EQ(plain.authority(), "example.com");
  const Url secure = parsed("https://example.com/a/b?c=d%20e");
  EXPECT_TRUE(secure.tls);
  EXPECT_EQ(secure.port, 443);
  EXPECT_EQ(secure.target, "/a/b?c=d%20e");
}

TEST(Url, KeepsAPortThatIsNotTheSchemesOwn) {
  EXPECT_EQ(parsed("http://h:9200/x").authority(), "h:9200");
  EXPECT_EQ(parsed("https://h:443/x").authority(), "h");
  EXPECT_EQ(parsed("http://h:443/x").authority(), "h:443");
}

TEST(Url, PutsAQueryWithoutAPathBehindASlash) { EXPECT_EQ(parsed("http://h?q=1").target, "/?q=1"); }

TEST(Url, ReadsAndWritesIpv6InBrackets) {
  const Url url = parsed("http://[fd00:ec2::254]:8080/x");
  EXPECT_EQ(url.host, "fd00:ec2::254");
  EXPECT_EQ(url.authority(), "[fd00:ec2::254]:8080");
}

TEST(Url, RefusesWhatItCannotReachSafely) {
  for (const char* text :
       {"", "h", "ftp://h/", "http://", "http://h:0/", "http://h:65536/", "http://h:x/",
        "http://h:/", "http://a b/", "http://h/a b", "http://h/\r\nX: y", "http://h/#f",
        "http://[::1/", "http://[zz]/", "http://h/\xc3\xa4", "http://[::1]x/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Errc::bad_config);
  }
}

TEST(Url, NeverRepeatsAPasswordInItsError) {
  for (const char* text : {"http://elastic:hunter2@h/", "http://elastic:hunter2/x@h/",
                           "http://hunter2!/x@h/", "http://[hunter2]/x@h/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().detail.find("hunter2"), std::string::npos) << url.error().detail;
  }
}

TEST(Url, KnowsThisMachine) {
  for (const char* text :
       {"http://localhost/", "http://127.0.0.1/", "http://127.8.9.10:1/", "http://[::1]/"}) {
    EXPECT_TRUE(parsed(text).is_loopback()) << text;
  }
  for (const char* text :
       {"http://localhost.example.com/", "http://128.0.0.1/", "http://[::2]/", "http://h/"}) {
    EXPECT_FALSE(parsed(text).is_loopback()) << text;
  }
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ09-_.~"), "aZ09-_.~");
  EXPECT_EQ(percent_encode("a b+c/d%\xc3\xa4"), "a%20b%2Bc%2Fd%25%C3%A4");
  EXPECT_EQ(percent_encode("a b/c", true), "a%20b/c");
}

}  // namespace
}  // namespace billow::http
