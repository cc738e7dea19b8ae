#include "normalize/csv_index.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace billow::normalize {
namespace {

struct Found {
  std::vector<std::size_t> separators;
  std::size_t odd_at = CsvIndex::none;
  friend bool operator==(const Found&, const Found&) = default;
};

/// RFC 4180 by the book, one character after the other.
Found expected(const std::string& text, std::size_t from) {
  Found found;
  std::size_t i = from;
  while (i < text.size()) {
    if (text[i] == '"') {
      for (++i;; i += 2) {
        i = text.find('"', i);
        if (i == std::string::npos || i + 1 == text.size()) return found;
        if (text[i + 1] != '"') break;
      }
      ++i;
      if (text[i] == '\r' && ++i == text.size()) return found;
      const bool returned = text[i - 1] == '\r';
      if (text[i] != '\n' && (returned || text[i] != ',')) {
        found.odd_at = i;
        return found;
      }
    }
    while (i < text.size() && text[i] != ',' && text[i] != '\n' && text[i] != '"') ++i;
    if (i == text.size()) break;
    if (text[i] == '"') {
      found.odd_at = i;
      return found;
    }
    found.separators.push_back(i++);
  }
  return found;
}

Found found_by(const CsvIndexPath& path, const std::string& text, std::size_t from) {
  const auto padded = std::make_unique<char[]>(text.size() + csv_index_slack);
  std::copy(text.begin(), text.end(), padded.get());
  std::fill_n(padded.get() + text.size(), csv_index_slack, '"');
  std::vector<std::uint32_t> separators(text.size() - from + csv_places_slack);
  std::vector<std::uint32_t> row_ends(text.size() - from + csv_places_slack);
  const CsvIndex result =
      path.index(padded.get(), from, text.size(), {separators.data(), row_ends.data()});
  separators.resize(result.count);
  row_ends.resize(result.rows);
  std::vector<std::uint32_t> expected_row_ends;
  for (std::uint32_t i = 0; i < result.count; ++i) {
    if (text[separators[i]] == '\n') expected_row_ends.push_back(i);
  }
  EXPECT_EQ(row_ends, expected_row_ends) << testing::PrintToString(text);
  return {{separators.begin(), separators.end()}, result.odd_at};
}

class CsvIndexPaths : public testing::TestWithParam<CsvIndexPath> {};
INSTANTIATE_TEST_SUITE_P(Paths, CsvIndexPaths, testing::ValuesIn(csv_index_paths()),
                         [](const auto& path) { return std::string(path.param.name); });

TEST_P(CsvIndexPaths, ReadsEveryShortTextAcrossEveryBlockEdge) {
  constexpr std::string_view alphabet = "a,\"\n\r";
  for (std::size_t size = 0; size <= 6; ++size) {
    std::size_t texts = 1;
    for (std::size_t i = 0; i < size; ++i) texts *= alphabet.size();
    for (std::size_t n = 0; n < texts; ++n) {
      std::string tail;
      for (std::size_t i = 0, rest = n; i < size; ++i, rest /= alphabet.size())
        tail += alphabet[rest % alphabet.size()];
      for (const std::size_t front : {0U, 58U, 59U, 60U, 61U, 62U, 63U, 64U}) {
        // A separator in front, so that the text starts a field; a quoted field behind, to see the
        // state left.
        const std::string text =
            front == 0 ? tail : std::string(front - 1, 'x') + ',' + tail + ",\"q,q\",z\n";
        ASSERT_EQ(found_by(GetParam(), text, 0), expected(text, 0)) << testing::PrintToString(text);
      }
    }
  }
}

TEST_P(CsvIndexPaths, ReadsRandomTextsFromAnyPlace) {
  std::mt19937 random(4180);
  constexpr std::string_view alphabet = "aaaaaaaaaaaaaaa,,,,\"\"\n\r";
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 400, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const std::size_t from = text.empty() ? 0 : random() % text.size();
    ASSERT_EQ(found_by(GetParam(), text, from), expected(text, from))
        << testing::PrintToString(text) << ' ' << from;
  }
}

TEST_P(CsvIndexPaths, ReadsBlocksOfAnyNumberOfSeparators) {
  std::mt19937 random(64);
  for (std::size_t odds = 1; odds <= 16; ++odds) {
    for (int i = 0; i < 200; ++i) {
      std::string text(256, 'a');
      for (char& c : text) c = random() % 16 < odds ? (random() % 8 == 0 ? '\n' : ',') : 'a';
      ASSERT_EQ(found_by(GetParam(), text, 0), expected(text, 0)) << testing::PrintToString(text);
    }
  }
}

TEST_P(CsvIndexPaths, ReadsRandomProperRowsToTheirEnd) {
  std::mt19937 random(1);
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (std::size_t field = random() % 60; field > 0; --field) {
      const bool quoted = random() % 2 == 0;
      if (quoted) text += '"';
      for (std::size_t n = random() % 30; n > 0; --n) {
        constexpr std::string_view plain = "abcd efgh";
        constexpr std::string_view wild[] = {"\"\"", ",", "\n", "\r\n", "x", "\r"};
        if (quoted) {
          text += wild[random() % 6];
        } else {
          text += plain[random() % plain.size()];
        }
      }
      if (quoted) text += '"';
      text += random() % 5 == 0 ? (random() % 2 == 0 ? "\r\n" : "\n") : ",";
    }
    const Found found = found_by(GetParam(), text, 0);
    ASSERT_EQ(found.odd_at, CsvIndex::none) << testing::PrintToString(text);
    ASSERT_EQ(found, expected(text, 0)) << testing::PrintToString(text);
  }
}

TEST_P(CsvIndexPaths, SeesNulWhereverItStands) {
  for (std::size_t size = 1; size < 200; size += 7) {
    for (std::size_t place = 0; place < size; ++place) {
      std::string text(size + csv_index_slack, 'x');
      std::vector<std::uint32_t> separators(size + csv_places_slack);
      std::vector<std::uint32_t> row_ends(size + csv_places_slack);
      const CsvPlaces places{separators.data(), row_ends.data()};
      ASSERT_FALSE(GetParam().index(text.data(), 0, size, places).has_nul);
      text[place] = '\0';
      ASSERT_TRUE(GetParam().index(text.data(), 0, size, places).has_nul) << size << ' ' << place;
    }
  }
}

}  // namespace
}  // namespace billow::normalize
