#include "normalize/csv_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace billow::normalize {
namespace {

struct TestRow {
  std::vector<std::string> fields;
  std::string line;
  CsvFault fault = CsvFault::none;
  friend bool operator==(const TestRow&, const TestRow&) = default;
};

void PrintTo(const TestRow& row, std::ostream* out) {
  *out << testing::PrintToString(row.fields) << " of " << testing::PrintToString(row.line)
       << " fault " << static_cast<int>(row.fault);
}

constexpr std::size_t small_row_max = 40;

/// What a file holds, in the plainest way: one pass over the whole text.
std::vector<TestRow> expected_rows(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::vector<TestRow> rows;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    std::vector<std::string> fields(1);
    bool in_quotes = false;
    bool field_started = false;
    bool was_quoted = false;
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (in_quotes) {
        if (c != '"') {
          fields.back() += c;
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          fields.back() += '"';
          ++at;
        } else {
          in_quotes = false;
        }
      } else if (c == '\n') {
        break;
      } else if (c == ',') {
        fields.emplace_back();
        field_started = false;
      } else if (c == '"' && !field_started) {
        in_quotes = field_started = was_quoted = true;
      } else {
        fields.back() += c;
        field_started = true;
      }
    }
    const std::size_t length = at - start;
    TestRow row{fields, text.substr(start, length)};
    const bool open = in_quotes;
    ++at;
    if (!open && row.line.ends_with('\r')) {
      row.line.pop_back();
      row.fields.back().pop_back();
    }
    if (row.line.empty() && !was_quoted) continue;
    if (length > small_row_max) {
      row = {{}, {}, open ? CsvFault::open_quote : CsvFault::too_long};
    } else if (open) {
      row = {{}, text.substr(start, length), CsvFault::open_quote};
    }
    rows.push_back(row);
  }
  return rows;
}

/// Reads `text` as it comes in pieces of `piece` bytes.
std::vector<TestRow> rows_of(CsvReader& reader, std::string_view text, std::size_t piece) {
  std::vector<TestRow> rows;
  Scratch scratch;
  const auto take = [&] {
    CsvRow row;
    for (scratch.clear(); reader.next(row, scratch); scratch.clear()) {
      TestRow taken{{}, std::string(row.line), row.fault};
      for (std::size_t place = 0; place < row.fields.size(); ++place)
        taken.fields.emplace_back(row.fields.field(place));
      if (row.fault != CsvFault::none) taken.fields.clear();
      if (row.line.size() > small_row_max || row.fault == CsvFault::too_long)
        taken.line.clear();  // how much of it is kept is tested apart
      if (row.fault == CsvFault::none) {
        EXPECT_EQ(row.field_count, row.fields.size());
      }
      rows.push_back(std::move(taken));
    }
  };
  reader.begin();
  while (!text.empty()) {
    if (reader.room().empty()) take();
    const std::size_t size = std::min({piece, text.size(), reader.room().size()});
    std::memcpy(reader.room().data(), text.data(), size);
    reader.filled(size);
    text.remove_prefix(size);
  }
  reader.end();
  take();
  return rows;
}

class CsvReaderPaths : public testing::TestWithParam<CsvIndexPath> {};
INSTANTIATE_TEST_SUITE_P(Paths, CsvReaderPaths, testing::ValuesIn(csv_index_paths()),
                         [](const auto& path) { return std::string(path.param.name); });

TEST_P(CsvReaderPaths, ReadsEveryShortFileAtEveryChunkSize) {
  constexpr std::string_view alphabet = "a,\"\n\r";
  std::vector<CsvReader> readers;  // of chunks of 1, 2, ... bytes
  for (std::size_t chunk = 1; chunk <= 8; ++chunk)
    readers.emplace_back(chunk, small_row_max, GetParam().index);
  for (std::size_t size = 0; size <= 6; ++size) {
    std::size_t texts = 1;
    for (std::size_t i = 0; i < size; ++i) texts *= alphabet.size();
    for (std::size_t n = 0; n < texts; ++n) {
      std::string text;
      for (std::size_t i = 0, rest = n; i < size; ++i, rest /= alphabet.size())
        text += alphabet[rest % alphabet.size()];
      const std::vector<TestRow> expected = expected_rows(text);
      // A chunk that is larger than the file and one that is larger still hold the same.
      for (std::size_t chunk = 1; chunk <= std::min(readers.size(), size + 2); ++chunk)
        ASSERT_EQ(rows_of(readers[chunk - 1], text, chunk), expected)
            << testing::PrintToString(text) << ' ' << chunk;
    }
  }
}

TEST_P(CsvReaderPaths, ReadsNastyFilesAtEverySplit) {
  const std::string files[] = {
      "\xEF\xBB\xBFid,name\r\n1,\"a \"\"b\"\"\"\r\n2,\"x,\r\ny\"\r\n",
      "\xEF\xBB\xBF\"id\",name\n1,\n,2\n\n\r\n,\n\"\",\"\"\n",
      "id,disk\n1,12\" disk\n2,\"plain\"\n3,a\"b\"c,\"d\ne\"\n4,\"5\"x\"6\"\n",
      "a,b\n\"open, and\nnever closed",
      "a,b\r\n1,2\r\n3,4",
      "a,b\n1,\"2\"\r",
      "a,b\n1,\"2\"\rx\n3,4\n",
      "a\rb,c\r\r\n1,2\r\r\n",
      "\"\"\"\",\"\"\"\"\"\"\n\"\",\"\"\"a\"\"\"\n",
      std::string(30, 'x') + ",\"" + std::string(60, ',') + "\",y\n1,2\n" + std::string(100, 'z') +
          "\n3,4\n",
      "\"" + std::string(100, '\n') + "\"\n1,2\n",
      std::string(small_row_max, 'k') + "\n" + std::string(small_row_max + 1, 'l') + "\n" +
          std::string(small_row_max - 1, 'm') + "\r\n" + std::string(small_row_max, 'n') + "\r\n",
      std::string(small_row_max + 1, 'o'),
      "\"" + std::string(50, 'p'),
      "\xEF\xBB",
      "\xEF\xBB\xBF",
      "\xEF\xBB\xBF\xEF\xBB\xBFx,y\n",
      "\n\n\r\n\n",
      "Größe,東京\n💰,\"é\"\"\"\n",
  };
  for (const std::string& file : files) {
    const auto expected = expected_rows(file);
    for (std::size_t chunk = 1; chunk <= file.size() + 1; ++chunk) {
      CsvReader reader(chunk, small_row_max, GetParam().index);
      auto rows = rows_of(reader, file, chunk);
      // "\xEF\xBB" alone is no text; the reference does not look at encodings.
      for (TestRow& row : rows) {
        if (row.fault == CsvFault::not_utf8) row = {{row.line}, row.line, CsvFault::none};
      }
      ASSERT_EQ(rows, expected) << testing::PrintToString(file) << ' ' << chunk;
    }
  }
}

TEST_P(CsvReaderPaths, ReadsRandomFiles) {
  std::mt19937 random(36);
  constexpr std::string_view alphabet = "abcdefghij,,,,,,\"\"\n\n\r";
  for (int i = 0; i < 4'000; ++i) {
    std::string text(random() % 600, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const std::size_t chunk = 1 + random() % 200;
    CsvReader reader(chunk, small_row_max, GetParam().index);
    ASSERT_EQ(rows_of(reader, text, 1 + random() % 64), expected_rows(text))
        << testing::PrintToString(text) << ' ' << chunk;
  }
}

TEST(CsvReader, FindsTheRowThatIsNotUtf8OrHoldsNul) {
  const std::string text =
      std::string("a,b\n1,\xC3\xA9\n2,\xC3\n3,\"\xFF\"\n4,x\0y\n5,q\"\xED\xA0\x80\n6,ok\n", 38);
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    CsvReader reader(chunk, small_row_max);
    std::vector<CsvFault> faults;
    for (const TestRow& row : rows_of(reader, text, chunk)) faults.push_back(row.fault);
    ASSERT_EQ(faults,
              (std::vector{CsvFault::none, CsvFault::none, CsvFault::not_utf8, CsvFault::not_utf8,
                           CsvFault::nul, CsvFault::not_utf8, CsvFault::none}))
        << chunk;
  }
}

TEST(CsvReader, CountsTheFieldsOfAnyRow) {
  CsvReader reader;
  Scratch scratch;
  const std::string text = std::string(limits::columns_max * 3, ',') + "\n" +
                           std::string(limits::columns_max, ',') + "\n" + "odd\"" +
                           std::string(limits::columns_max * 3, ',') + "\n";
  std::memcpy(reader.room().data(), text.data(), text.size());
  reader.filled(text.size());
  reader.end();
  CsvRow row;
  ASSERT_TRUE(reader.next(row, scratch));
  EXPECT_EQ(row.field_count, limits::columns_max * 3 + 1);
  EXPECT_EQ(row.fields.size(), row.field_count);
  ASSERT_TRUE(reader.next(row, scratch));
  EXPECT_EQ(row.field_count, limits::columns_max + 1);
  ASSERT_TRUE(reader.next(row, scratch));
  EXPECT_EQ(row.field_count, limits::columns_max * 3 + 1);
  EXPECT_EQ(row.fields.size(), limits::columns_max + 1);
  EXPECT_FALSE(reader.next(row, scratch));
}

TEST(CsvReader, KeepsTheStartOfATooLongRow) {
  const std::string text =
      "a,b\n" + std::string("start,\"") + std::string(3 * limits::MiB, '\n') + "\",end\n1,2\n";
  CsvReader reader;
  Scratch scratch;
  std::vector<std::string> lines;
  std::vector<CsvFault> faults;
  std::string_view rest = text;
  const auto take = [&] {
    CsvRow row;
    while (reader.next(row, scratch)) {
      lines.emplace_back(row.line);
      faults.push_back(row.fault);
    }
  };
  while (!rest.empty()) {
    if (reader.room().empty()) take();
    const std::size_t size = std::min(rest.size(), reader.room().size());
    std::memcpy(reader.room().data(), rest.data(), size);
    reader.filled(size);
    rest.remove_prefix(size);
  }
  reader.end();
  take();
  ASSERT_EQ(faults, (std::vector{CsvFault::none, CsvFault::too_long, CsvFault::none}));
  EXPECT_EQ(lines[1], text.substr(4, limits::dead_letter_bytes_max));
  EXPECT_EQ(lines[2], "1,2");
}

TEST(CsvReader, StartsAfreshWithEachFile) {
  CsvReader reader(16, small_row_max);
  EXPECT_EQ(rows_of(reader, "a,\"b", 16), expected_rows("a,\"b"));
  EXPECT_EQ(rows_of(reader, std::string(100, 'x'), 16), expected_rows(std::string(100, 'x')));
  EXPECT_EQ(rows_of(reader,
                    "\xEF\xBB\xBF"
                    "a\nb\n",
                    16),
            expected_rows("a\nb\n"));
}

}  // namespace
}  // namespace billow::normalize
