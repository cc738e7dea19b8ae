#include "elastic/index_family.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

FamilyIndex member(std::string name, bool outdated = false) {
  FamilyIndex made;
  made.visible.index = std::move(name);
  made.outdated = outdated;
  return made;
}

TEST(IndexFamily, KnowsItsMembersByTheirNames) {
  EXPECT_EQ(family_of("billow-charges-a-2026-06"), "billow-charges-a-2026-06");
  EXPECT_EQ(family_of("billow-charges-a-2026-06-r2"), "billow-charges-a-2026-06");
  EXPECT_EQ(family_of("billow-charges-a-r2-2026-06"), "billow-charges-a-r2-2026-06");
  EXPECT_EQ(family_of("billow-daily-a-2026-v1-0a1b2c3d-r13"), "billow-daily-a-2026-v1-0a1b2c3d");
  for (const char* other : {"x-r", "x-r0", "x-rx", "x-r1x"}) EXPECT_EQ(family_of(other), other);
  EXPECT_EQ(follower("x", 0), "x");
  EXPECT_EQ(follower("x", 3), "x-r3");
}

TEST(IndexFamily, TellsFeedAndPeriodByTheNameOfAnIndexOfCharges) {
  const auto name = charges_name("billow-charges-a-2026-05-restated-2026-06-r2");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->feed, "a-2026-05-restated");
  EXPECT_EQ(name->period, "2026-06");
  for (const char* other :
       {"billow-charges-2026-06", "billow-charges--2026-06", "billow-charges-a-2026-13",
        "restored-billow-charges-a-2026-06", "billow-charges-a-2026-06-copy", "billow-charges", ""})
    EXPECT_FALSE(charges_name(other)) << other;
}

TEST(IndexFamily, TellsThePeriodOfAFeedsIndexOfCharges) {
  EXPECT_EQ(period_of("a", "billow-charges-a-2026-06"), "2026-06");
  EXPECT_EQ(period_of("a", "billow-charges-a-2026-06-r2"), "2026-06");
  EXPECT_EQ(period_of("a-2026", "billow-charges-a-2026-2026-06"), "2026-06");
  for (const char* other : {"billow-charges-a-2026-2026-06", "billow-charges-a-2026-13",
                            "billow-charges-b-2026-06", "billow-daily-a-2026-v1-0a1b2c3d"})
    EXPECT_EQ(period_of("a", other), "") << other;
}

TEST(IndexFamily, WritesToItsNewestMemberOrTheOneAfterAnOutdatedOne) {
  EXPECT_EQ(newest_of("x", {}), "x");
  EXPECT_EQ(newest_of("x", {member("x")}), "x");
  EXPECT_EQ(newest_of("x", {member("x", true)}), "x-r1");
  EXPECT_EQ(newest_of("x", {member("x", true), member("x-r1")}), "x-r1");
  EXPECT_EQ(newest_of("x", {member("x", true), member("x-r1", true)}), "x-r2");
  EXPECT_EQ(newest_of("x", {member("x-r2"), member("x")}), "x-r2");
  EXPECT_EQ(newest_of("x", {member("y-r11"), member("x-r10"), member("x-r9", true)}), "x-r10");
}

TEST(IndexFamily, ReadsWhatIsShownAndWhatIsOutdated) {
  const auto read =
      read_families_answer(R"({"b-r1":{"aliases":{"billow-charges":{"filter":{"bool":{"_name":"d",)"
                           R"("filter":[{"terms":{"x_SliceId":["s"]}}]}}}}},)"
                           R"("b":{"mappings":{"_meta":{"billow_outdated":true}}},)"
                           R"("a":{"mappings":{"_meta":{"billow_outdated":"yes"}}}})",
                           "billow-charges");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3U);
  EXPECT_FALSE((*read)[0].outdated);
  EXPECT_TRUE((*read)[1].outdated);
  EXPECT_FALSE((*read)[1].shown);
  EXPECT_TRUE((*read)[2].shown);
  EXPECT_EQ((*read)[2].visible.delivery_id, "d");
  EXPECT_EQ((*read)[2].visible.slice_ids, std::vector<std::string>{"s"});
}

/// What the path of "b-2026-06" finds where another feed is called "b-2026-06-restated". Readers
/// see that one's charges through an alias that is none of ours.
constexpr const char* namesakes =
    R"({"b-2026-06":{"mappings":{}},"b-2026-06-r1":{"mappings":{}},)"
    R"("b-2026-06-restated-2026-06":{"aliases":{"billow-charges":{}}}})";

TEST(IndexFamily, TakesNoIndexOfAnotherFeedForItsOwn) {
  const auto read = read_families_answer(namesakes, "billow-charges", "b-2026-06");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].visible.index, "b-2026-06");
  EXPECT_EQ((*read)[1].visible.index, "b-2026-06-r1");
}

TEST(IndexFamily, FindsWhatReadersSeeOfItsOwn) {
  EXPECT_EQ(find_charges_answer(namesakes, "b-2026-06").value(), "b-2026-06");
  EXPECT_EQ(find_charges_answer(R"({"x-r1":{"aliases":{"billow-charges":{}}}})", "x").value(),
            "x-r1");
  EXPECT_EQ(find_charges_answer("<html>", "x").error().code, Errc::malformed);
}

TEST(IndexFamily, BuildsOnNoFilterThatIsNotOurs) {
  EXPECT_EQ(read_families_answer(R"({"b":{"aliases":{"billow-charges":{}}}})", "billow-charges")
                .error()
                .code,
            Errc::malformed);
  EXPECT_EQ(read_families_answer("<html>", "billow-charges").error().code, Errc::malformed);
}

}  // namespace
}  // namespace billow::elastic
