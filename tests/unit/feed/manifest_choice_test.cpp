#include "feed/manifest_choice.hpp"

#include <gtest/gtest.h>

namespace billow::feed {
namespace {

std::vector<ManifestChoice> choose(std::vector<std::string> keys) {
  auto chosen = choose_manifests(keys, "E");
  EXPECT_TRUE(chosen) << (chosen ? "" : chosen.error().detail);
  return chosen ? *chosen : std::vector<ManifestChoice>();
}

TEST(ManifestChoice, FindsEachPeriodOldestFirst) {
  const auto chosen = choose({"P/E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json",
                              "P/E/data/BILLING_PERIOD=2026-06/E-00001.csv.gz",
                              "P/E/metadata/BILLING_PERIOD=2026-05/E-Manifest.json"});
  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(chosen[0].period, "2026-05");
  EXPECT_EQ(chosen[1].key, "P/E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json");
  EXPECT_EQ(chosen[1].export_root, "P/E");
}

TEST(ManifestChoice, PrefersThePeriodsOwnManifestToTheCopiesOfExecutions) {
  const auto chosen =
      choose({"E/metadata/BILLING_PERIOD=2026-06/20260701T000000Z-a/E-Manifest.json",
              "E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json"});
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(chosen[0].key, "E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json");
}

TEST(ManifestChoice, TakesTheNewestExecutionWhereThereAreOnlyCopies) {
  const auto chosen =
      choose({"E/metadata/BILLING_PERIOD=2026-06/20260702T000000Z-a/E-Manifest.json",
              "E/metadata/BILLING_PERIOD=2026-06/20260703T000000Z-b/E-Manifest.json",
              "E/metadata/BILLING_PERIOD=2026-06/20260701T000000Z-c/E-Manifest.json"});
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_EQ(chosen[0].key, "E/metadata/BILLING_PERIOD=2026-06/20260703T000000Z-b/E-Manifest.json");
  EXPECT_EQ(chosen[0].export_root, "E");
}

TEST(ManifestChoice, IgnoresWhatIsNoManifestOfThisExport) {
  EXPECT_TRUE(choose({"P/F/metadata/BILLING_PERIOD=2026-06/F-Manifest.json",
                      "P/myE/metadata/BILLING_PERIOD=2026-06/E-Manifest.json",
                      "P/E/metadata/BILLING_PERIOD=2026-13/E-Manifest.json",
                      "P/E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json.tmp",
                      "P/E/metadata/BILLING_PERIOD=2026-06",
                      "P/E/data/BILLING_PERIOD=2026-06/E-Manifest.json"})
                  .empty());
}

TEST(ManifestChoice, RefusesToGuessBetweenTwoExportsOfOneName) {
  const auto chosen = choose_manifests({"A/E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json",
                                        "B/E/metadata/BILLING_PERIOD=2026-06/E-Manifest.json"},
                                       "E");
  ASSERT_FALSE(chosen);
  EXPECT_NE(chosen.error().detail.find("'A/E' and 'B/E'"), std::string::npos);
}

}  // namespace
}  // namespace billow::feed
