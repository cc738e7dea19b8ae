#include "audit/record.hpp"

#include "audit/canonical.hpp"
#include "records.hpp"

#include <gtest/gtest.h>

namespace billow::audit {
namespace {

Record example() {
  Record record = record_of(3, {slice_of("s1", 20605, 2, "0.12345678901234567890123456789"),
                                slice_of("s2", 20606, 1, "-3", "EUR")});
  describe_change(record, {slice_of("s0", 20605, 4, "1"), slice_of("s2", 20606, 1, "-3", "EUR")});
  seal(record, 7, std::string(no_hash));
  return record;
}

TEST(AuditRecord, SurvivesJsonWithEveryDigit) {
  const Record record = example();
  const auto read = Record::from_json(record.to_json());
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->to_json(), record.to_json());
  EXPECT_EQ(read->execution_id, record.execution_id);
  EXPECT_EQ(read->objects, record.objects);
  EXPECT_EQ(read->moved, record.moved);
  EXPECT_EQ(read->replaced, record.replaced);
}

TEST(AuditRecord, HoldsTheHashOfItself) {
  const Record record = example();
  EXPECT_EQ(record.hash.size(), 64U);
  EXPECT_EQ(*hash_of(record.to_json()), record.hash);
  Record other = record;
  other.recovered = true;
  EXPECT_NE(*hash_of(other.to_json()), record.hash);
}

TEST(AuditRecord, IsWrittenInCanonicalForm) {
  const std::string json = example().to_json();
  EXPECT_EQ(json, *canonical_json(json));
}

TEST(AuditRecord, SaysWhatItReplacedAndMoved) {
  const Record record = example();
  ASSERT_EQ(record.replaced.size(), 1U);
  EXPECT_EQ(record.replaced[0].id, "s0");
  EXPECT_EQ(record.replaced[0].lines, 4U);
  ASSERT_EQ(record.moved.size(), 2U);
  EXPECT_EQ(record.moved[0].currency, "EUR");
  EXPECT_EQ(record.moved[0].lines, 0);
  EXPECT_TRUE(record.moved[0].sums[0].is_zero());
  EXPECT_EQ(record.moved[1].currency, "USD");
  EXPECT_EQ(record.moved[1].lines, -2);
  EXPECT_EQ(record.moved[1].sums[0].to_string(), "-0.87654321098765432109876543211");
}

TEST(AuditRecord, TakesAnyCountThatASliceMayClaim) {
  ControlTotals before;
  ControlTotals after;
  before.by_currency["USD"].lines = 9;
  after.by_currency["USD"].lines = std::uint64_t{1} << 63;
  EXPECT_EQ(movements(before, after).at(0).lines, INT64_MAX - 8);
  EXPECT_EQ(movements(after, before).at(0).lines, INT64_MIN + 9);
}

TEST(AuditRecord, HasAnIdThatSortsByItsSequence) {
  EXPECT_EQ(record_id(1), "000000000001");
  EXPECT_EQ(record_id(999'999'999'999), "999999999999");
  EXPECT_EQ(record_id(1'000'000'000'000), "1000000000000");
}

TEST(AuditRecord, RefusesWhatIsNotARecord) {
  EXPECT_FALSE(Record::from_json("{}").has_value());
  EXPECT_FALSE(Record::from_json("[]").has_value());
  EXPECT_FALSE(Record::from_json("nonsense").has_value());
  std::string wrong = example().to_json();
  const std::string member = R"("Recovered":false)";
  wrong.replace(wrong.find(member), member.size(), R"("Recovered":"no")");
  EXPECT_FALSE(Record::from_json(wrong).has_value());
}

}  // namespace
}  // namespace billow::audit
