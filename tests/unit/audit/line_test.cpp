#include "audit/line.hpp"

#include "charge/encode.hpp"

#include <gtest/gtest.h>

namespace billow::audit {
namespace {

/// A charge as the daemon writes it.
std::string document_of(const std::string& cost, Text line_item_id) {
  Provenance provenance;
  provenance.feed_id = "aws-main";
  provenance.delivery_id = "d1";
  provenance.ingested_at = "2026-07-01T00:00:00Z";
  Charge charge;
  charge[TextColumn::BillingCurrency] = "USD";
  charge[TextColumn::ChargeDescription] = R"(a ","x_DeliveryId":"trap" in a text)";
  charge[NumberColumn::BilledCost] = {cost, Decimal::parse(cost).value()};
  charge[NumberColumn::ListCost] = {"-0.5", Decimal::parse("-0.5").value()};
  Encoder encoder(provenance);
  const SliceFrame frame("p-3-20260601", provenance);
  charge.line_item_id = line_item_id;
  Page page;
  encoder.append_item(page, frame, 7, charge);
  const std::string item = page.take();
  const std::size_t start = item.find('\n') + 1;
  return item.substr(start, item.size() - start - 1);
}

std::string encoded(const std::string& cost) {
  const std::string whole = document_of(cost, {});
  return whole.substr(0, whole.rfind(R"(,"x_DeliveryId":)"));
}

TEST(StoredLine, GivesBackTheStatementThatItsDigestCovers) {
  for (const Text line_item : {Text(), Text("id \"1\"\\")}) {
    const std::string source = document_of("1.50", line_item);
    const auto statement = statement_of(source);
    ASSERT_TRUE(statement.has_value()) << source;
    EXPECT_EQ(*statement, encoded("1.50"));
  }
}

TEST(StoredLine, HasNoStatementWhenItIsNotAsWeWrite) {
  const std::string source = document_of("1.50", "id1");
  EXPECT_FALSE(statement_of(source.substr(0, source.size() - 1) + R"(,"x":1})"));
  EXPECT_FALSE(statement_of("{}"));
  EXPECT_FALSE(statement_of(""));
  EXPECT_FALSE(statement_of(R"({"a":1,"x_DeliveryId":"d","x_SliceId":"s"})"));
}

TEST(StoredLine, AddsItsExactCostsAndItsDigest) {
  const auto line = totals_of(document_of("0.1000000000000000000000001", "id1"));
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->slice, "p-3-20260601");
  ControlTotals totals;
  add(totals, *line);
  add(totals, *line);
  EXPECT_EQ(totals.lines, 2U);
  EXPECT_EQ(totals.by_currency.at("USD").sums[0].to_string(), "0.2000000000000000000000002");
  EXPECT_EQ(totals.by_currency.at("USD").sums[2].to_string(), "0");
  EXPECT_EQ(totals.by_currency.at("USD").negatives[3].to_string(), "-1");
  Digest digest;
  digest.add(digest_of(encoded("0.1000000000000000000000001")));
  digest.add(digest_of(encoded("0.1000000000000000000000001")));
  EXPECT_EQ(totals.digest, digest);
}

TEST(StoredLine, IsNotFooledByMembersOfMembers) {
  const auto line = totals_of(
      R"({"Tags":{"BilledCost":"9","x_SliceId":"other"},"BilledCost":2,"x_SliceId":"s"})");
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->slice, "s");
  EXPECT_EQ(line->costs[0].to_string(), "2");
  EXPECT_FALSE(totals_of("[]").has_value());
}

TEST(StoredLine, HasAnOrdinalOnlyInAnIdOfItsSlice) {
  EXPECT_EQ(ordinal_of("s-00000012", "s"), 12U);
  EXPECT_EQ(ordinal_of(line_id("s", 123'456'789), "s"), 123'456'789U);
  for (const char* id : {"s-12", "t-00000012", "s-0000001x", "s-", "s", "s-000000012"})
    EXPECT_FALSE(ordinal_of(id, "s")) << id;
}

}  // namespace
}  // namespace billow::audit
