#include "sync/delivery_id.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace billow::sync {
namespace {

fetch::ObjectInfo object(std::string key, std::uint64_t size, std::string etag) {
  fetch::ObjectInfo info;
  info.key = std::move(key);
  info.size = size;
  info.etag = std::move(etag);
  return info;
}

TEST(DeliveryId, IsTheSameForTheSameStatement) {
  EXPECT_EQ(delivery_id("f", "2026-06", "e", "m", {object("k", 1, "x")}),
            delivery_id("f", "2026-06", "e", "m", {object("k", 1, "x")}));
}

TEST(DeliveryId, DoesNotDependOnWhenAnObjectWasListed) {
  fetch::ObjectInfo later = object("k", 1, "x");
  later.modified = 99;
  EXPECT_EQ(delivery_id("f", "p", "e", "m", {object("k", 1, "x")}),
            delivery_id("f", "p", "e", "m", {later}));
}

TEST(DeliveryId, TellsTwoWindowsWithoutLinesApart) {
  const std::set<std::string> ids = {
      delivery_id("f", "p", "e", "m", {}),
      delivery_id("f", "p", "e", "m", {}, {DeliveryKind::window, 1, 2}),
      delivery_id("f", "p", "e", "m", {}, {DeliveryKind::window, 1, 3}),
      delivery_id("f", "p", "e", "m", {}, {DeliveryKind::window, 2, 3}),
      delivery_id("f", "p", "e", "m", {}, {DeliveryKind::delta, 0, 0})};
  EXPECT_EQ(ids.size(), 5U);
}

TEST(DeliveryId, DiffersWithEveryPartOfTheStatement) {
  const std::set<std::string> ids = {
      delivery_id("f", "p", "e", "m", {object("k", 1, "x")}),
      delivery_id("g", "p", "e", "m", {object("k", 1, "x")}),
      delivery_id("f", "q", "e", "m", {object("k", 1, "x")}),
      delivery_id("f", "p", "d", "m", {object("k", 1, "x")}),
      delivery_id("f", "p", "e", "n", {object("k", 1, "x")}),
      delivery_id("f", "p", "e", "m", {object("l", 1, "x")}),
      delivery_id("f", "p", "e", "m", {object("k", 2, "x")}),
      delivery_id("f", "p", "e", "m", {object("k", 1, "y")}),
      delivery_id("f", "p", "e", "m", {}),
      delivery_id("f", "pe", "", "m", {object("k", 1, "x")}),
  };
  EXPECT_EQ(ids.size(), 10U);
  for (const std::string& id : ids) EXPECT_EQ(id.size(), 32U);
}

TEST(SlicePrefix, DiffersByTokenAndSchemaSoThatNoTwoWritersShareIds) {
  const std::set<std::string> prefixes = {slice_prefix("d", 1, 1), slice_prefix("d", 2, 1),
                                          slice_prefix("d", 1, 2), slice_prefix("e", 1, 1)};
  EXPECT_EQ(prefixes.size(), 4U);
  EXPECT_TRUE(slice_prefix("d", 12, 1).ends_with("-12"));
}

TEST(SlicePrefix, GivesItsTokenBack) {
  EXPECT_EQ(token_of_slice(slice_prefix("d", 12, 1) + "-20260601L"), 12U);
  EXPECT_EQ(token_of_slice("foreign"), std::nullopt);
  EXPECT_EQ(token_of_slice("a-x-20260601"), std::nullopt);
}

}  // namespace
}  // namespace billow::sync
