#include "sync/untidy_periods.hpp"

#include <gtest/gtest.h>

namespace billow::sync {
namespace {

elastic::FamilyIndex index(std::string name) {
  elastic::FamilyIndex made;
  made.visible.index = std::move(name);
  return made;
}

TEST(UntidyPeriods, AreLookedForAmongTheFeedsOwnIndicesThatWereNotDiscovered) {
  const auto found =
      undiscovered("a",
                   {index("billow-charges-a-2026-05"), index("billow-charges-a-2026-06"),
                    index("billow-charges-a-2026-06-r1"), index("billow-charges-a-2026-07-r2"),
                    index("billow-charges-a-b-2026-06"), index("billow-charges-a-2026-13"),
                    index("billow-charges-a-notes")},
                   {"2026-05"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.at("2026-06").size(), 2U);
  EXPECT_EQ(found.at("2026-07").front().visible.index, "billow-charges-a-2026-07-r2");
}

}  // namespace
}  // namespace billow::sync
