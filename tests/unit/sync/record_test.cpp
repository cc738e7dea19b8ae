#include "sync/record.hpp"

#include <gtest/gtest.h>

namespace billow::sync {
namespace {

DeliveryRecord example() {
  DeliveryRecord record;
  record.feed = "aws-main";
  record.kind = "aws/cur2";
  record.period = "2026-06";
  record.delivery_id = "d1";
  record.execution_id = "exec \"1\"";
  record.manifest_key = "p/E/metadata/m.json";
  record.manifest_etag = "abc";
  record.software = "0.1.0";
  record.state = DeliveryState::published;
  record.at = "2026-07-01T00:00:00Z";
  record.token = 3;
  record.rows_read = 10;
  record.rows_dropped = 1;
  record.rows_dead = 2;
  record.slices_kept = 4;
  record.slices_loaded = 5;
  record.slices_withdrawn = 6;
  record.negation_residues = {"plan 2026-06-01T00:00:00Z 0.1 USD"};
  fetch::ObjectInfo object;
  object.key = "k";
  object.size = 12;
  object.etag = "e";
  record.objects = {object};
  Slice slice;
  slice.id = "p-3-20260601L";
  slice.key = {20605, true};
  slice.totals.lines = 2;
  slice.totals.digest.value = (Uint128{1} << 100) + 5;
  CurrencyTotals& usd = slice.totals.by_currency["USD"];
  usd.lines = 2;
  usd.sums[0].add(*Decimal::parse("0.12345678901234567890123456789"));
  usd.sums[0].add(*Decimal::parse("-3"));
  usd.negatives[0].add(*Decimal::parse("-3"));
  record.slices = {slice};
  return record;
}

TEST(DeliveryRecord, SurvivesJsonWithEveryDigit) {
  const DeliveryRecord record = example();
  const Result<DeliveryRecord> read = DeliveryRecord::from_json(record.to_json());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->to_json(), record.to_json());
  EXPECT_EQ(read->slices[0].totals.by_currency.at("USD").sums[0].to_string(),
            "-2.87654321098765432109876543211");
  EXPECT_EQ(read->slices[0].totals.digest, record.slices[0].totals.digest);
  EXPECT_EQ(read->state, DeliveryState::published);
  EXPECT_EQ(read->objects[0].key, "k");
  EXPECT_TRUE(read->slices[0].key.long_period);
}

TEST(DeliveryRecord, AddsUpItsSlices) {
  DeliveryRecord record = example();
  record.slices.push_back(record.slices[0]);
  EXPECT_EQ(record.totals().lines, 4U);
  EXPECT_EQ(record.totals().by_currency.at("USD").sums[0].to_string(),
            "-5.75308642197530864219753086422");
}

TEST(DeliveryRecord, RefusesWhatIsNotARecord) {
  EXPECT_FALSE(DeliveryRecord::from_json("{}").has_value());
  EXPECT_FALSE(DeliveryRecord::from_json("[]").has_value());
  EXPECT_FALSE(DeliveryRecord::from_json("nonsense").has_value());
  std::string wrong_sum = example().to_json();
  const std::string sum = "\"-2.87654321098765432109876543211\"";
  wrong_sum.replace(wrong_sum.rfind(sum), sum.size(), "\"about three\"");
  EXPECT_FALSE(DeliveryRecord::from_json(wrong_sum).has_value());
}

}  // namespace
}  // namespace billow::sync
