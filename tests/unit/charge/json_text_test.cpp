#include "charge/json_text.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace billow {
namespace {

using Escape = char* (*)(char*, Text) noexcept;

/// Escapes a copy that ends where its memory ends, into memory of exactly the promised size, so
/// that a sanitizer sees every byte too many.
std::string escaped(Escape escape, std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  const auto out = std::make_unique<char[]>(escaped_bytes_max * text.size());
  return {out.get(), escape(out.get(), {exact.data(), exact.size()})};
}

std::string expected(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte >= 0x20) {
      out += c;
    } else {
      const std::string_view letters = "btn?fr";
      const bool has_letter = byte >= 8 && byte <= 13 && byte != 11;
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(byte));
      out += has_letter ? std::string{'\\', letters[byte - 8U]} : std::string(code);
    }
  }
  return out;
}

class JsonText : public testing::TestWithParam<Escape> {};
INSTANTIATE_TEST_SUITE_P(Paths, JsonText, testing::Values(&escape_to, &escape_portably_to));

TEST_P(JsonText, EscapesEveryByteAtEveryPlaceOfEveryLength) {
  for (std::size_t size = 1; size <= 70; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (const int byte :
           {0, 1, 8, 9, 10, 11, 12, 13, 27, 31, 32, 33, 34, 35, 91, 92, 93, 127, 128, 255}) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(byte);
        ASSERT_EQ(escaped(GetParam(), text), expected(text)) << size << ' ' << place << ' ' << byte;
      }
    }
  }
}

TEST_P(JsonText, LeavesPlainTextAlone) {
  EXPECT_EQ(escaped(GetParam(), ""), "");
  const std::string text =
      "Gr\xC3\xB6\xC3\x9F"
      "e, \xE6\x9D\xB1\xE4\xBA\xAC / $0.05 per 1,000 requests (50%)";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    ASSERT_EQ(escaped(GetParam(), text.substr(0, size)), text.substr(0, size));
  }
}

TEST_P(JsonText, EscapesRandomText) {
  std::mt19937 random(99);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 100, '\0');
    const unsigned range = i % 2 == 0 ? 256 : 128;
    for (char& c : text)
      c = static_cast<char>(random() % 8 == 0 ? random() % range : 'a' + random() % 26);
    ASSERT_EQ(escaped(GetParam(), text), expected(text));
  }
}

}  // namespace
}  // namespace billow
