#include "elastic/alias_members.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

TEST(AliasMembers, AreReadFromTheTable) {
  const auto members = read_members_answer(
      R"([{"alias":"billow-charges","index":"a"},{"alias":"billow-daily","index":"b"}])");
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ((*members)[1].alias, "billow-daily");
  EXPECT_EQ((*members)[1].index, "b");
  EXPECT_TRUE(read_members_answer("[]")->empty());
  for (const char* odd : {"", "{}", R"([{"alias":"a"}])", R"([{"alias":1,"index":"b"}])"})
    EXPECT_FALSE(read_members_answer(odd)) << odd;
}

TEST(AliasMembers, AreCountedByPeriod) {
  const auto counts = read_periods_answer(
      R"({"aggregations":{"periods":{"buckets":[)"
      R"({"key":1780272000000,"key_as_string":"2026-06-01T00:00:00Z","doc_count":7},)"
      R"({"key":1777593600000,"key_as_string":"2026-05-01T00:00:00Z","doc_count":2}]}}})");
  ASSERT_TRUE(counts);
  EXPECT_EQ(*counts, (std::map<std::string, std::uint64_t>{{"2026-05", 2}, {"2026-06", 7}}));
  EXPECT_TRUE(read_periods_answer(R"({"hits":{}})")->empty());
  EXPECT_FALSE(read_periods_answer("<html>"));
  EXPECT_FALSE(read_periods_answer(R"({"aggregations":{"periods":{"buckets":[{"key":1}]}}})"));
}

}  // namespace
}  // namespace billow::elastic
