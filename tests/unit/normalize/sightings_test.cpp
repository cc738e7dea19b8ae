#include "normalize/sightings.hpp"

#include <gtest/gtest.h>

namespace billow::normalize {
namespace {

constexpr std::uint64_t at_place_three(std::uint64_t part) { return part << 33 | 3; }

TEST(Sightings, TellsWhatCameBefore) {
  Sightings sightings(8);
  EXPECT_FALSE(sightings.came_before(at_place_three(1)));
  EXPECT_TRUE(sightings.came_before(at_place_three(1)));
  EXPECT_FALSE(sightings.came_before(at_place_three(2)));
  EXPECT_FALSE(sightings.came_before(at_place_three(1))) << "another one came to its place";
  EXPECT_FALSE(sightings.came_before(at_place_three(1) + 1));
  EXPECT_TRUE(sightings.came_before(at_place_three(1)));
}

TEST(Sightings, HoldsOneOfAPlace) {
  Sightings sightings(8);
  for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{3}, at_place_three(1)})
    EXPECT_FALSE(sightings.may_hold(hash));
  sightings.hold(at_place_three(1));
  EXPECT_TRUE(sightings.may_hold(at_place_three(1)));
  EXPECT_FALSE(sightings.may_hold(at_place_three(2)));
  EXPECT_FALSE(sightings.may_hold(at_place_three(1) + 1));
  sightings.hold(at_place_three(2));
  EXPECT_FALSE(sightings.may_hold(at_place_three(1)));
  EXPECT_TRUE(sightings.may_hold(at_place_three(2)));
}

TEST(Tenure, EndsWithoutUse) {
  Tenure tenure;
  EXPECT_FALSE(tenure.resists()) << "nobody has the place yet";
  for (int round = 0; round < 3; ++round) {
    tenure.use();
    EXPECT_TRUE(tenure.resists());
  }
  for (int more = 0; more < 3; ++more) EXPECT_TRUE(tenure.resists());
  EXPECT_FALSE(tenure.resists());
  EXPECT_FALSE(tenure.resists());
}

}  // namespace
}  // namespace billow::normalize
