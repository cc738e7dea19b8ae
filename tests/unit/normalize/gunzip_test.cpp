#include "normalize/gunzip.hpp"

#include "../base/registers_in_use.hpp"
#include "gzip_sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace billow::normalize {
namespace {

using namespace std::string_literals;

/// "a,b\n1,2\n" with every optional part a gzip header can have (extra field, name, comment, header
/// CRC), made by zlib.
const std::string full_header =
    "\x1f\x8b\x08\x1e\x00\x00\x00\x00\x00\x03\x04\x00\x41\x42\x00\x00\x6e\x61\x6d\x65\x2e\x63\x73"
    "\x76\x00\x6e\x6f\x74"
    "\x65\x00\x8f\xf6\x4b\xd4\x49\xe2\x32\xd4\x31\xe2\x02\x00\x7b\x07\x97\x0a\x08\x00\x00\x00"s;

/// Inflates a file that comes in pieces, into pieces; "!" and the reason when it is refused.
std::string inflated(std::string_view file, std::size_t piece_in, std::size_t piece_out) {
  Gunzip gunzip;
  std::string text;
  std::string out(piece_out, '\0');
  while (!file.empty()) {
    const std::string piece(file.substr(0, piece_in));
    file.remove_prefix(piece.size());
    gunzip.feed(piece);
    for (;;) {
      const auto written = gunzip.read(out);
      if (!written) return "!" + written.error().detail;
      if (*written == 0) break;
      text.append(out, 0, *written);
    }
  }
  const auto end = gunzip.end();
  return end ? text : "!" + end.error().detail;
}

std::string random_text(std::size_t size) {
  std::mt19937 random(static_cast<std::uint32_t>(size));
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? random() % 256 : 'a');
  return text;
}

TEST(Gunzip, ReadsMembersOneAfterTheOtherAtEverySplit) {
  const std::string file = gzip("first,") + gzip("") + full_header + gzip(random_text(300));
  const std::string text = "first,a,b\n1,2\n" + random_text(300);
  for (std::size_t in = 1; in <= file.size(); ++in) {
    for (const std::size_t out : {1U, 2U, 3U, 7U, 8U, 64U, 4096U})
      ASSERT_EQ(inflated(file, in, out), text) << in << ' ' << out;
  }
}

TEST(Gunzip, ReadsLargeFilesInPiecesOfAnySize) {
  const std::string text = random_text(700'000);
  const std::string file = gzip(text) + gzip(text);
  for (const std::size_t in : {977U, 65'536U, 2'000'000U}) {
    for (const std::size_t out : {1'000U, 65'536U, 3'000'000U})
      ASSERT_TRUE(inflated(file, in, out) == text + text) << in << ' ' << out;
  }
}

TEST(Gunzip, LeavesNoUpperHalvesOfRegistersInUse) {
  const std::string file = gzip(random_text(700'000));
  std::string out(65'536, '\0');
  Gunzip gunzip;
  gunzip.feed(file);
  ASSERT_TRUE(gunzip.read(out));
  EXPECT_FALSE(upper_halves_in_use().value_or(false));
}

TEST(Gunzip, RefusesAFileCutAnywhere) {
  const std::string file = gzip("one") + gzip(random_text(200));
  const std::size_t first = gzip("one").size();
  for (std::size_t size = 1; size < file.size(); ++size) {
    const std::string text = inflated(file.substr(0, size), 64, 64);
    if (size == first) {
      ASSERT_EQ(text, "one");  // a whole member: nothing tells that another should follow
    } else {
      ASSERT_EQ(text, "!the gzip file is cut short") << size;
    }
  }
  EXPECT_EQ(inflated("", 1, 1), "!the gzip file is empty");
}

TEST(Gunzip, RefusesAWrongChecksumAndAWrongSize) {
  const std::string file = gzip(random_text(5'000));
  for (std::size_t from_end = 1; from_end <= 8; ++from_end) {
    std::string damaged = file;
    damaged[damaged.size() - from_end] = static_cast<char>(damaged[damaged.size() - from_end] ^ 1);
    for (const std::size_t in : {1U, 7U, 100'000U}) {
      ASSERT_EQ(inflated(damaged, in, 1'000),
                "!a gzip member does not match its checksum or its size")
          << from_end;
    }
  }
}

TEST(Gunzip, RefusesWhatIsBehindTheLastMember) {
  for (const std::string& garbage :
       {"x"s, "\0"s, std::string(512, '\0'), "\x1f\x8c"s, "PK\x03\x04"s, "\x1f\x8b\x07"s}) {
    for (const std::size_t in : {1U, 3U, 1'000U}) {
      const std::string text = inflated(gzip("text") + garbage, in, 100);
      ASSERT_TRUE(text == "!bytes behind the last gzip member" ||
                  text == "!the gzip file is cut short")
          << testing::PrintToString(garbage) << ' ' << in << ' ' << text;
    }
  }
  EXPECT_EQ(inflated(gzip("text") + std::string(512, '\0'), 1'000, 100),
            "!bytes behind the last gzip member");
}

TEST(Gunzip, RefusesWhatIsNotGzip) {
  EXPECT_EQ(inflated("a,b\n1,2\n3,4\n5,6\n", 100, 100), "!not a gzip file");
  EXPECT_EQ(inflated("PK\x03\x04 a zip file, not gzip", 100, 100), "!not a gzip file");
}

TEST(Gunzip, SurvivesDamageAnywhere) {
  const std::string text = random_text(3'000);
  const std::string file = gzip(text);
  std::mt19937 random(5);
  for (int i = 0; i < 3'000; ++i) {
    std::string damaged = file;
    for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    const std::string result = inflated(damaged, 1 + random() % 500, 1 + random() % 500);
    // Some bytes of a header mean nothing; whatever is accepted must be the text.
    ASSERT_TRUE(result.starts_with('!') || result == text);
  }
}

TEST(Gunzip, StopsAtTheRatio) {
  const std::string zeros(4 * limits::MiB, '\0');
  const std::string file = gzip(zeros);
  Gunzip strict(10);
  strict.feed(file);
  std::string out(65'536, '\0');
  Result<std::size_t> written = std::size_t{1};
  std::size_t total = 0;
  while (written && *written > 0) {
    written = strict.read(out);
    if (written) total += *written;
  }
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::over_limit);
  EXPECT_LT(total, 2 * limits::MiB);
  EXPECT_EQ(inflated(file, 1'000, 65'536), zeros);
}

TEST(Gunzip, StartsAfreshWithEachFile) {
  Gunzip gunzip;
  char out[100];
  const std::string cut = gzip("some text").substr(0, 20);
  gunzip.feed(cut);
  while (*gunzip.read(out) > 0) {
  }
  gunzip.begin();
  const std::string whole = gzip("other");
  gunzip.feed(whole);
  EXPECT_EQ(*gunzip.read(out), 5u);
  EXPECT_EQ(std::string(out, 5), "other");
  EXPECT_EQ(*gunzip.read(out), 0u);
  EXPECT_TRUE(gunzip.end());
}

}  // namespace
}  // namespace billow::normalize
