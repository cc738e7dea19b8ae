#include "audit/compare.hpp"

#include "records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace billow::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Newest recorded() {
  Newest newest;
  newest.sequence = 7;
  newest.delivery = "aws-main:2026-06:d1";
  newest.slice_ids = {"a", "b"};
  return newest;
}

Shown shown(std::vector<std::string> ids, std::string delivery = "aws-main:2026-06:d1") {
  Shown made;
  made.index = "billow-charges-aws-main-2026-06";
  made.delivery = std::move(delivery);
  made.slice_ids = std::move(ids);
  return made;
}

TEST(CompareShown, FindsNothingWhenReadersSeeWhatIsRecorded) {
  EXPECT_TRUE(compare_shown(recorded(), shown({"a", "b"})).empty());
}

TEST(CompareShown, NamesSlicesTooManyAndTooFew) {
  const auto findings = compare_shown(recorded(), shown({"b", "c"}));
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].kind, FindingKind::visible_differs);
  EXPECT_THAT(findings[0].what, HasSubstr("readers see 1 slice (c)"));
  EXPECT_THAT(findings[1].what, HasSubstr("do not see 1 slice (a)"));
}

TEST(CompareShown, NamesAPublicationThatIsNotRecorded) {
  const auto findings = compare_shown(recorded(), shown({"a", "b"}, "aws-main:2026-06:d2"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::publication_missing);
}

TEST(CompareShown, SaysWhenReadersSeeNothing) {
  const auto findings = compare_shown(recorded(), shown({}, ""));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].what, HasSubstr("2 slices (a, b)"));
}

TEST(CompareTotals, SaysByHowMuchEachSumDiffers) {
  const Slice a = slice_of("s", 1, 3, "1.5");
  Slice b = slice_of("s", 1, 2, "1.5");
  b.totals.by_currency["USD"].sums[2] = amount("1.25");
  b.totals.by_currency["EUR"].lines = 1;
  EXPECT_THAT(compare_totals(a.totals, b.totals),
              ElementsAre("lines: 3 recorded, 2 found", "EUR lines: 0 recorded, 1 found",
                          "USD lines: 3 recorded, 2 found",
                          "USD EffectiveCost: 1.5 recorded, 1.25 found, differs by -0.25"));
}

TEST(CompareTotals, SeesByTheDigestWhatNoSumShows) {
  const Slice a = slice_of("s", 1, 3, "1.5");
  Slice b = a;
  EXPECT_TRUE(compare_totals(a.totals, b.totals).empty());
  b.totals.digest.value += 1;
  EXPECT_EQ(compare_totals(a.totals, b.totals).size(), 1U);
}

}  // namespace
}  // namespace billow::audit
