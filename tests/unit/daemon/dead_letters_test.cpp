#include "daemon/dead_letters.hpp"

#include "daemon/dead_letters_format.hpp"

#include <gmock/gmock.h>

namespace billow::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StoredLetter letter(std::uint64_t row) {
  StoredLetter made;
  made.feed = "aws-main";
  made.period = "2026-06";
  made.delivery_id = "0123456789abcdef0123456789abcdef";
  made.object = "P/E/data/BILLING_PERIOD=2026-06/E-00001.csv.gz";
  made.row = row;
  made.column = "line_item_unblended_cost";
  made.reason = "not a decimal number";
  made.line = "a,\"b\",about 3";
  return made;
}

LetterList list_of(std::vector<StoredLetter> letters, std::uint64_t all) {
  LetterList list;
  list.counts[{"aws-main", "2026-06"}] = all;
  list.letters = std::move(letters);
  return list;
}

TEST(DeadLetters, AreAskedForByFeedAndPeriodInTheOrderOfTheFile) {
  EXPECT_EQ(letters_query({{"a", "b"}, "2026-06"}, 500, 100),
            R"({"from":500,"size":100,"query":{"bool":{"filter":[{"terms":{"x_FeedId":["a","b"]}},)"
            R"({"terms":{"BillingPeriod":["2026-06"]}}]}},)"
            R"("sort":["x_FeedId","BillingPeriod","Object","Row"]})");
  EXPECT_THAT(letters_query({}, 0, 1), HasSubstr(R"("filter":[]}})"));
}

TEST(DeadLetters, AreReadFromTheirDocument) {
  const auto read = read_letter(
      R"({"x_FeedId":"f","BillingPeriod":"2026-06","x_DeliveryId":"d","Object":"o.gz","Row":7,)"
      R"("Column":"c","Reason":"r","Line":"l\u0001"})");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->feed, "f");
  EXPECT_EQ(read->period, "2026-06");
  EXPECT_EQ(read->delivery_id, "d");
  EXPECT_EQ(read->object, "o.gz");
  EXPECT_EQ(read->row, 7U);
  EXPECT_EQ(read->column, "c");
  EXPECT_EQ(read->reason, "r");
  EXPECT_EQ(read->line, "l\x01");
  EXPECT_FALSE(read_letter("<html>"));
}

TEST(DeadLetters, OfADocumentThatWasRefusedHaveNoOrigin) {
  const auto read = read_letter(R"({"x_FeedId":"f","Reason":"refused"})");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->object, "");
  EXPECT_EQ(read->row, 0U);
}

TEST(DeadLetters, AreCountedByFeedAndPeriod) {
  const auto counts = read_letter_counts(
      R"({"aggregations":{"groups":{"buckets":[{"key":"f","doc_count":3,"groups":{"buckets":[)"
      R"({"key":"2026-05","doc_count":1},{"key":"2026-06","doc_count":2}]}}]}}})");
  ASSERT_TRUE(counts) << counts.error().detail;
  EXPECT_EQ(total(*counts), 3U);
  EXPECT_EQ(counts->at({"f", "2026-06"}), 2U);
  EXPECT_FALSE(read_letter_counts(R"({"hits":{}})")) << "nothing was counted";
  EXPECT_FALSE(read_letter_counts("<html>"));
}

TEST(DeadLetters, InATableNameTheirFileAndDoNotMoveTheCursor) {
  StoredLetter odd = letter(12);
  odd.line = "\x1b[2J" + std::string(100, 'x');
  const std::string table = letters_table(list_of({odd}, 1), 0);
  EXPECT_THAT(table, HasSubstr("E-00001.csv.gz"));
  EXPECT_THAT(table, Not(HasSubstr("BILLING_PERIOD=")));
  EXPECT_THAT(table, HasSubstr("01234567  "));
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
  EXPECT_THAT(table, Not(HasSubstr(std::string(100, 'x'))));
  EXPECT_THAT(table, HasSubstr("\n1 dead letter\n"));
  EXPECT_EQ(letters_table({}, 80), "no dead letters\n");
}

TEST(DeadLetters, SayHowManyAreNotShown) {
  EXPECT_EQ(cut_short(list_of({letter(1)}, 1)), "");
  EXPECT_THAT(letters_table(list_of({letter(1)}, 12345), 0),
              HasSubstr("1 of 12,345 dead letters are shown"));
}

TEST(DeadLetters, InCsvAndJsonAreWhole) {
  const LetterList list = list_of({letter(12)}, 1);
  EXPECT_EQ(letters_csv(list),
            "x_FeedId,BillingPeriod,x_DeliveryId,Object,Row,Column,Reason,Line\n"
            "aws-main,2026-06,0123456789abcdef0123456789abcdef,"
            "P/E/data/BILLING_PERIOD=2026-06/E-00001.csv.gz,12,line_item_unblended_cost,"
            "not a decimal number,\"a,\"\"b\"\",about 3\"\n");
  const std::string json = letters_json(list);
  EXPECT_THAT(json, HasSubstr("\"total\": 1"));
  EXPECT_THAT(json, HasSubstr(R"("Line": "a,\"b\",about 3")"));
}

TEST(DeadLetters, ARetryShowsWhatIsLeftOfThem) {
  const LetterCounts before = {{{"f", "2026-05"}, 3}, {{"f", "2026-06"}, 1}};
  const LetterCounts after = {{{"f", "2026-06"}, 1}, {{"g", "2026-06"}, 9}};
  const std::string table = retried_table(before, after, 0);
  EXPECT_THAT(table, HasSubstr("2026-05                    3    0"));
  EXPECT_THAT(table, HasSubstr("2026-06                    1    1"));
  EXPECT_THAT(table, Not(HasSubstr("9")));
}

}  // namespace
}  // namespace billow::daemon
