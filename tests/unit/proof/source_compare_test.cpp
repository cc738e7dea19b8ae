#include "proof/source_compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::proof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Slice slice(std::string id, std::int32_t day, std::uint64_t lines) {
  Slice made;
  made.id = std::move(id);
  made.key.day = day;
  made.totals.lines = lines;
  made.totals.digest.value = lines;
  return made;
}

/// Two deltas that both state the 1st, the second of them published last.
audit::Record two_deltas() {
  audit::Record record;
  record.feed = "f";
  record.period = "2026-06";
  record.delivery_id = "b";
  record.coverage = {DeliveryKind::delta, 0, 0};
  record.slices = {slice("a-1-1", 1, 5), slice("b-3-1", 1, 7), slice("b-3-2", 2, 1)};
  Part first;
  first.delivery_id = "a";
  first.coverage = record.coverage;
  first.slice_ids = {"a-1-1"};
  Part second = first;
  second.delivery_id = "b";
  second.slice_ids = {"b-3-1", "b-3-2"};
  record.parts = {first, second};
  return record;
}

std::map<SliceKey, ControlTotals> found(const std::vector<Slice>& slices) {
  std::map<SliceKey, ControlTotals> all;
  for (const Slice& one : slices) all[one.key] = one.totals;
  return all;
}

TEST(SourceCompare, HoldsADeltaAgainstItsOwnSlicesAndSaysThatItIsSilentOnTheOthers) {
  const auto made = compare_source(two_deltas(), found({slice("", 1, 7), slice("", 2, 1)}));
  EXPECT_THAT(made.findings, IsEmpty());
  EXPECT_THAT(made.notes,
              ElementsAre("f 2026-06: the newest delivery is a delta; 1 of 3 slices, with 5 "
                          "charges, are of deliveries before it and were held against the chain "
                          "alone"));
}

TEST(SourceCompare, FindsInADeltaWhatTheSourceStatesOtherwiseLessOrMore) {
  const auto made = compare_source(two_deltas(), found({slice("", 1, 6), slice("", 3, 1)}));
  ASSERT_EQ(made.findings.size(), 3U);
  EXPECT_EQ(made.findings[0].slice, "b-3-1");
  EXPECT_THAT(made.findings[0].what, HasSubstr("7 recorded, 6 found"));
  EXPECT_EQ(made.findings[1].slice, "b-3-2");
  EXPECT_EQ(made.findings[2].slice, "1970-01-04");
  EXPECT_THAT(made.differing, ElementsAre("b-3-1", "b-3-2"));
}

TEST(SourceCompare, HoldsAWindowAgainstItsDaysAlsoWhereItKeptTheSlicesOfAnother) {
  audit::Record record = two_deltas();
  record.coverage = {DeliveryKind::window, 1, 2};
  record.slices = {slice("a-1-1", 1, 5), slice("a-1-2", 2, 1)};
  EXPECT_THAT(compare_source(record, found({slice("", 1, 5)})).findings, IsEmpty());
  EXPECT_EQ(compare_source(record, found({})).findings.size(), 1U);
  EXPECT_EQ(compare_source(record, found({slice("", 1, 5), slice("", 2, 1)})).findings.size(), 1U);
}

TEST(SourceCompare, HoldsAFullDeliveryAgainstEverySlice) {
  audit::Record record = two_deltas();
  record.coverage = Coverage();
  record.parts.clear();
  record.slices = {slice("a-1-1", 1, 5), slice("b-3-2", 2, 1)};
  const auto made = compare_source(record, found({slice("", 1, 5), slice("", 2, 1)}));
  EXPECT_THAT(made.findings, IsEmpty());
  EXPECT_THAT(made.notes, IsEmpty());
  EXPECT_EQ(compare_source(record, found({slice("", 1, 5)})).findings.size(), 1U);
}

}  // namespace
}  // namespace billow::proof
