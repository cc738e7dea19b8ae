#include "elastic/bulk_piece.hpp"

#include "fake_bulk.hpp"

#include <gtest/gtest.h>

#include <random>

namespace billow::elastic {
namespace {

ItemFault fault(std::uint32_t item, ItemFate fate) {
  ItemFault made;
  made.item = item;
  made.fate = fate;
  return made;
}

TEST(BulkPiece, GathersOnlyTheItemsToBeSentAgain) {
  const BulkBody body = make_body("a", 5);
  const BulkBody part = gather_retries(
      body, {fault(1, ItemFate::retry), fault(2, ItemFate::rejected), fault(4, ItemFate::retry)});
  ASSERT_EQ(part.items(), 2u);
  EXPECT_EQ(part.index, body.index);
  EXPECT_EQ(part.item(0), body.item(1));
  EXPECT_EQ(part.item(1), body.item(4));
  EXPECT_EQ(part.bytes, std::string(body.item(1)) + std::string(body.item(4)));
}

TEST(BulkPiece, SplitsAnyBodyIntoTwoNonEmptyPartsThatMakeTheWhole) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    BulkBody body;
    body.index = "x";
    const std::size_t items = 2 + random() % 6;
    for (std::size_t i = 0; i < items; ++i) {
      body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
      body.bytes += std::string(1 + random() % 50, static_cast<char>('a' + i)) + "\n";
    }
    const auto [first, second] = split_half(body);
    ASSERT_GT(first.items(), 0u);
    ASSERT_GT(second.items(), 0u);
    ASSERT_EQ(first.items() + second.items(), items);
    ASSERT_EQ(first.bytes + second.bytes, body.bytes);
    for (std::size_t i = 0; i < items; ++i) {
      ASSERT_EQ(i < first.items() ? first.item(i) : second.item(i - first.items()), body.item(i));
    }
  }
}

TEST(BulkPiece, SplitsByBytesAndNotByItems) {
  BulkBody body = make_body("small", 6, 0, 10);
  const BulkBody large = make_body("large", 1, 0, 10'000);
  body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
  body.bytes += large.bytes;
  const auto [first, second] = split_half(body);
  EXPECT_EQ(first.items(), 6u);
  EXPECT_EQ(second.items(), 1u);
}

}  // namespace
}  // namespace billow::elastic
