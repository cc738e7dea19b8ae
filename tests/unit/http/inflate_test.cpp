#include "http/inflate.hpp"

#include "unit/http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace billow::http {
namespace {

using test::gzip;

TEST(Gunzip, GivesBackWhatWasPacked) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{262'143},
                                 std::size_t{262'144}, std::size_t{1'000'000}}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * i) % 26);
    const auto unpacked = gunzip(gzip(text), size);
    ASSERT_TRUE(unpacked) << size;
    EXPECT_EQ(*unpacked, text);
  }
}

TEST(Gunzip, ReadsSeveralMembers) {
  EXPECT_EQ(*gunzip(gzip("one ") + gzip("two"), 100), "one two");
}

TEST(Gunzip, StopsABombAtTheLimit) {
  const std::string bomb = gzip(std::string(50'000'000, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);
  const auto unpacked = gunzip(bomb, 1'000'000);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code, Errc::over_limit);
}

TEST(Gunzip, AcceptsExactlyTheLimit) {
  const std::string text(1000, 'x');
  EXPECT_TRUE(gunzip(gzip(text), 1000));
  EXPECT_FALSE(gunzip(gzip(text), 999));
}

TEST(Gunzip, RefusesEveryTruncation) {
  const std::string packed =
      gzip("a text that is long enough to have a header, a body and a trailer");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const auto unpacked = gunzip(packed.substr(0, size), 1000);
    ASSERT_FALSE(unpacked) << size;
    EXPECT_EQ(unpacked.error().code, Errc::malformed);
  }
}

TEST(Gunzip, RefusesAWrongChecksumAndOtherBytes) {
  std::string packed = gzip("checked");
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
  EXPECT_FALSE(gunzip(packed, 1000));
  EXPECT_FALSE(gunzip("<html>not gzip</html>", 1000));
  EXPECT_FALSE(gunzip(gzip("member") + "rubbish", 1000));
}

}  // namespace
}  // namespace billow::http
