#include "sync/dead_letter_body.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace billow::sync {
namespace {

normalize::DeadLetter letter(std::uint64_t row, std::string line) {
  normalize::DeadLetter made;
  made.object = "P/E/data/E-00001.csv.gz";
  made.row = row;
  made.column = "line_item_unblended_cost";
  made.reason = "not a number: \"abc\"";
  made.line = std::move(line);
  return made;
}

DeliveryRecord record() {
  DeliveryRecord made;
  made.feed = "aws-main";
  made.period = "2026-06";
  made.delivery_id = "d1";
  made.token = 7;
  return made;
}

rapidjson::Document source_of(std::string_view item) {
  const std::string line(item.substr(item.find('\n') + 1));
  rapidjson::Document document;
  document.Parse(line.c_str());
  return document;
}

TEST(DeadLetterBody, KeepsOriginReasonAndLine) {
  const elastic::BulkBody body = dead_letter_body(record(), {letter(17, "a,\"b\nc\",d")});
  ASSERT_EQ(body.items(), 1U);
  const rapidjson::Document source = source_of(body.item(0));
  ASSERT_FALSE(source.HasParseError());
  EXPECT_STREQ(source["Object"].GetString(), "P/E/data/E-00001.csv.gz");
  EXPECT_EQ(source["Row"].GetUint64(), 17U);
  EXPECT_STREQ(source["Reason"].GetString(), "not a number: \"abc\"");
  EXPECT_STREQ(source["Line"].GetString(), "a,\"b\nc\",d");
}

TEST(DeadLetterBody, GivesTheSameIdsAgainAndOthersToOtherRows) {
  const auto first = dead_letter_body(record(), {letter(1, "x"), letter(2, "x")});
  const auto again = dead_letter_body(record(), {letter(1, "x")});
  const auto action = [](std::string_view item) {
    return std::string(item.substr(0, item.find('\n')));
  };
  EXPECT_EQ(action(first.item(0)), action(again.item(0)));
  EXPECT_NE(action(first.item(0)), action(first.item(1)));
}

TEST(DeadLetterBody, CarriesTheTokenOfItsAttemptAlsoAsItsVersion) {
  const elastic::BulkBody body = dead_letter_body(record(), {letter(1, "x")});
  EXPECT_EQ(source_of(body.item(0))["Token"].GetUint64(), 7U);
  rapidjson::Document action;
  const std::string line(body.item(0).substr(0, body.item(0).find('\n')));
  action.Parse(line.c_str());
  ASSERT_TRUE(action.IsObject() && action.HasMember("index"));
  EXPECT_EQ(action["index"]["version"].GetUint64(), 7U);
  EXPECT_STREQ(action["index"]["version_type"].GetString(), "external_gte");
  EXPECT_EQ(dead_letter_ids(body), std::vector<std::string>{action["index"]["_id"].GetString()});
}

TEST(DeadLetterBody, ShowsBytesThatAreNotUtf8) {
  const elastic::BulkBody body = dead_letter_body(record(), {letter(1, "caf\xe9,1")});
  EXPECT_STREQ(source_of(body.item(0))["Line"].GetString(), "caf\\xe9,1");
}

TEST(DeadLetterBody, CutsNoCharacterOfARefusedDocumentInTwo) {
  elastic::RejectedItem refused;
  refused.item = "-";
  while (refused.item.size() < 2 * limits::dead_letter_bytes_max) refused.item += "\xc3\xa9";
  elastic::BulkBody body;
  append_rejected(body, record(), {refused});
  EXPECT_EQ(source_of(body.item(0))["Line"].GetString(),
            refused.item.substr(0, limits::dead_letter_bytes_max - 1));
}

}  // namespace
}  // namespace billow::sync
