#include "charge/encode.hpp"

#include "charge/wording.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>
#include <string>
#include <vector>

namespace billow {
namespace {

const Provenance provenance = {"aws-\"main\"", "d\xC3\xA9livery", "2026-06-03T04:05:06Z"};

Number number(Text text) { return {text, *Decimal::parse(text)}; }

Charge small_charge() {
  Charge charge;
  charge.clear();
  charge[TextColumn::BillingCurrency] = "USD";
  charge[TextColumn::ServiceName] = "Amazon \"S3\"\n";
  charge[TextColumn::SkuPriceDetails] = R"({"CoreCount":8})";
  charge[NumberColumn::BilledCost] = number("0.1000000000");
  charge[NumberColumn::ListCost] = number("-12345678901234567890.123456789012345678");
  charge.billing_period_start = *parse_time("2026-06-01");
  charge.billing_period_end = *parse_time("2026-07-01");
  charge.charge_period_start = *parse_time("2026-06-02T03:00:00Z");
  charge.charge_period_end = *parse_time("2026-06-02T04:00:00Z");
  return charge;
}

std::string item_of(const Charge& charge, std::uint64_t ordinal = 7) {
  Encoder encoder(provenance);
  Page page;
  encoder.append_item(page, SliceFrame("k3-20260602", provenance), ordinal, charge);
  return page.take();
}

TEST(Encode, WritesActionAndDocumentByteByByte) {
  Charge charge = small_charge();
  const std::vector<Tag> tags = {{"team", "core \\ \xE6\x9D\xB1"}, {"flag", {}}, {"empty", ""}};
  charge.tags = tags;
  charge.extra_texts = {{"x_Operation", "RunInstances"}, {"x_Null", {}}};
  charge.extra_numbers = {{"x_Rate", number("0.05")}, {"x_NullNumber", {}}};
  charge.line_item_id = "abc\t1";
  EXPECT_EQ(
      item_of(charge),
      "{\"create\":{\"_id\":\"k3-20260602-00000007\"}}\n"
      "{\"@timestamp\":\"2026-06-02T03:00:00Z\",\"BilledCost\":0.1000000000,\"BillingCurrency\":"
      "\"USD\","
      "\"BillingPeriodEnd\":\"2026-07-01T00:00:00Z\",\"BillingPeriodStart\":\"2026-06-01T00:00:"
      "00Z\","
      "\"ChargePeriodEnd\":\"2026-06-02T04:00:00Z\",\"ChargePeriodStart\":\"2026-06-02T03:00:00Z\","
      "\"ListCost\":-12345678901234567890.123456789012345678,\"ServiceName\":\"Amazon "
      "\\\"S3\\\"\\n\","
      "\"SkuPriceDetails\":{\"CoreCount\":8},"
      "\"Tags\":{\"team\":\"core \\\\ \xE6\x9D\xB1\",\"flag\":true,\"empty\":\"\"},"
      "\"x_Tags\":[\"team=core \\\\ \xE6\x9D\xB1\",\"flag\",\"empty=\"],"
      "\"x_Operation\":\"RunInstances\",\"x_Rate\":0.05,\"x_FeedId\":\"aws-\\\"main\\\"\","
      "\"x_LineItemId\":\"abc\\t1\",\"x_DeliveryId\":\"d\xC3\xA9livery\",\"x_SliceId\":\"k3-"
      "20260602\","
      "\"x_IngestedAt\":\"2026-06-03T04:05:06Z\"}\n");
}

TEST(Encode, LeavesNullsOut) {
  const std::string item = item_of(small_charge());
  for (const char* name : {"RegionId", "EffectiveCost", "Tags", "x_LineItemId"}) {
    EXPECT_EQ(item.find(name), std::string::npos) << name;
  }
}

TEST(Encode, WritesEveryColumnOnceAndInTheOrderOfNames) {
  Charge charge = small_charge();
  std::vector<std::string> names = {"BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd",
                                    "ChargePeriodStart"};
  for (std::size_t i = 0; i < text_columns; ++i) {
    const auto column = static_cast<TextColumn>(i);
    charge.texts[i] = is_json(column) ? "[1,{}]" : "a text";
    names.emplace_back(name_of(column));
  }
  for (std::size_t i = 0; i < number_columns; ++i) {
    charge.numbers[i] = number("1.50");
    names.emplace_back(name_of(static_cast<NumberColumn>(i)));
  }
  std::sort(names.begin(), names.end());

  const std::string item = item_of(charge);
  simdjson::dom::parser parser;
  const simdjson::dom::object document = parser.parse(item.substr(item.find('\n') + 1));
  std::vector<std::string> written;
  for (const auto field : document) {
    if (field.key != "@timestamp" && !field.key.starts_with("x_")) written.emplace_back(field.key);
  }
  EXPECT_EQ(written, names);
  EXPECT_EQ(std::string_view(document["SkuPriceDetails"].at(0).type() ==
                                     simdjson::dom::element_type::INT64
                                 ? "json"
                                 : ""),
            "json");
}

TEST(Encode, DigestCoversWhatTheProviderSaysAndNothingElse) {
  Encoder encoder(provenance);
  const Charge charge = small_charge();
  const std::string statement(encoder.encode(charge));
  EXPECT_TRUE(statement.starts_with("{\"@timestamp\""));
  EXPECT_TRUE(statement.ends_with("\"x_FeedId\":\"aws-\\\"main\\\"\""));
  const XXH128_hash_t hash = XXH3_128bits(statement.data(), statement.size());
  EXPECT_EQ(digest_of(statement), (Uint128{hash.high64} << 64 | hash.low64));

  Charge other_id = charge;
  other_id.line_item_id = "minted anew";
  EXPECT_EQ(encoder.encode(other_id), statement);
  Encoder other_load({provenance.feed_id, "another delivery", "2027-01-01T00:00:00Z"});
  EXPECT_EQ(other_load.encode(charge), statement);
  Encoder other_feed({"azure", provenance.delivery_id, provenance.ingested_at});
  EXPECT_NE(other_feed.encode(charge), statement);
}

TEST(Encode, FollowsTheDatesOfEachCharge) {
  Encoder encoder(provenance);
  Charge charge = small_charge();
  const std::string first(encoder.encode(charge));
  charge.charge_period_start += 3600;
  charge.charge_period_end += 3600;
  const std::string second(encoder.encode(charge));
  EXPECT_NE(second.find(R"("@timestamp":"2026-06-02T04:00:00Z")"), std::string::npos);
  EXPECT_NE(
      second.find(
          R"("ChargePeriodEnd":"2026-06-02T05:00:00Z","ChargePeriodStart":"2026-06-02T04:00:00Z")"),
      std::string::npos);
  EXPECT_EQ(encoder.encode(small_charge()), first);
}

TEST(Encode, HoldsStatementsOfAnySize) {
  const std::string control(200'000, '\x01');
  const std::string plain(300'000, 'p');
  Charge charge = small_charge();
  charge[TextColumn::ChargeDescription] = control;
  charge[TextColumn::SkuPriceDetails] = plain;
  const Tag tag{plain, control};
  charge.tags = {&tag, 1};
  charge.extra_texts = {{"x_Long", control}};
  Encoder encoder(provenance);
  EXPECT_GT(encoder.encode(charge).size(), 4 * 6 * control.size() + 3 * plain.size());
  EXPECT_LT(encoder.encode(small_charge()).size(), 1000u);
}

/// The item as it is written by a wording, which other owners of the same thing may share.
std::string worded_item_of(Charge charge, Wording& wording, bool knows_owner) {
  const WrittenOwner owner = Encoder::write_owner(charge);
  charge.wording = &wording;
  if (knows_owner) charge.owner = &owner;
  return item_of(charge);
}

TEST(Encode, SaysOfEveryOwnerOfAWordingWhatItSaysWithout) {
  const std::string control(20'000, '\x01');
  const std::string id = "arn:aws:ec2:eu-west-1:42:instance/i-0123456789abcdef0";
  std::vector<Charge> owners(5, small_charge());
  owners[1][TextColumn::ResourceId] = id;
  owners[2][TextColumn::ResourceName] = "\"quoted\"";
  owners[2][TextColumn::ResourceType] = "T";
  const std::vector<Tag> short_tags = {{"team", "core"}, {"bare", {}}};
  owners[2].tags = short_tags;
  owners[3][TextColumn::SubAccountId] = "42";
  owners[3][TextColumn::SubAccountName] = control;
  const Tag long_tag{"long", control};
  owners[3].tags = {&long_tag, 1};
  owners[4][TextColumn::ResourceId] = control;
  owners[4][TextColumn::SubAccountType] = "Account";
  for (const bool knows_owner : {false, true}) {
    Wording wording;
    for (const Charge& charge : owners)
      EXPECT_EQ(worded_item_of(charge, wording, knows_owner), item_of(charge));
  }
}

TEST(Encode, FillsGapsBehindNamesOfAnySize) {
  const std::string name = "x_" + std::string(65'600, 'k');
  const std::string cost = name + "Cost";
  const std::string null = name + "Null";
  Charge charge = small_charge();
  charge.extra_texts = {{name, "text", true}, {"x_Null", {}, true}};
  charge.extra_numbers = {{cost, number("7")}, {null, {}}};
  const std::string expected = item_of(charge);
  Wording wording;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(worded_item_of(charge, wording, false), expected);
}

TEST(Encode, WritesAnewWhatHasMoreExtrasThanAWordingCounts) {
  std::vector<std::string> names;
  for (int i = 0; i <= 65'536; ++i) names.push_back("x_" + std::to_string(i));
  Charge charge = small_charge();
  for (const std::string& name : names) charge.extra_texts.push_back({name, name, true});
  const std::string expected = item_of(charge);
  Wording wording;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(worded_item_of(charge, wording, false), expected);
}

TEST(Encode, FindsRoomBehindALongOwner) {
  const std::string id(3000, 'i');
  const std::string behind(20'000, 'b');
  for (const TextColumn column : {TextColumn::ResourceId, TextColumn::SubAccountId}) {
    Charge charge = small_charge();
    charge[column] = id;
    charge.extra_texts = {{"x_Behind", behind}};
    const std::string expected = item_of(charge);
    Wording wording;
    charge.wording = &wording;
    for (std::size_t size = 20'000; size < 30'000; size += 50) {
      Encoder encoder(provenance);
      Page page{std::string(size, ' ')};
      encoder.append_item(page, SliceFrame("k3-20260602", provenance), 7, charge);
      EXPECT_EQ(page.take(), expected) << size;
    }
  }
}

TEST(Encode, CountsBeyondEightDigits) {
  EXPECT_TRUE(item_of(small_charge(), 99'999'999)
                  .starts_with(R"({"create":{"_id":"k3-20260602-99999999"}})"));
  EXPECT_TRUE(item_of(small_charge(), 100'000'000)
                  .starts_with(R"({"create":{"_id":"k3-20260602-100000000"}})"));
  EXPECT_EQ(line_id("k3-20260602", 0), "k3-20260602-00000000");
}

}  // namespace
}  // namespace billow
