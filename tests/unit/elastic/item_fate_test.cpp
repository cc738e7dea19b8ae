#include "elastic/item_fate.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

ItemFate create_fate(int status) {
  return fate_of(BulkAction::create, status, "some_exception", "some reason");
}

TEST(ItemFate, StoresWhatWasCreatedOrDeleted) {
  EXPECT_EQ(create_fate(201), ItemFate::stored);
  EXPECT_EQ(create_fate(200), ItemFate::stored);
  EXPECT_EQ(fate_of(BulkAction::remove, 200, "", ""), ItemFate::stored);
}

TEST(ItemFate, TakesAConflictOnCreateForOurOwnEarlierTry) {
  EXPECT_EQ(create_fate(409), ItemFate::already_there);
  EXPECT_EQ(fate_of(BulkAction::remove, 409, "", ""), ItemFate::rejected);
}

TEST(ItemFate, TakesA404OnDeleteForDoneAndOnCreateForBrokenSetup) {
  EXPECT_EQ(fate_of(BulkAction::remove, 404, "", ""), ItemFate::missing);
  EXPECT_EQ(create_fate(404), ItemFate::stop);
}

TEST(ItemFate, SendsOverloadAndServerTroubleAgain) {
  for (const int status : {429, 500, 502, 503, 504, 507})
    EXPECT_EQ(create_fate(status), ItemFate::retry) << status;
}

TEST(ItemFate, StopsWhereAPersonMustAct) {
  EXPECT_EQ(create_fate(401), ItemFate::stop);
  EXPECT_EQ(create_fate(403), ItemFate::stop);
}

TEST(ItemFate, WaitsForAFullDiskButNotForAnotherBlock) {
  const char* const type = "cluster_block_exception";
  EXPECT_EQ(fate_of(BulkAction::create, 403, type,
                    "index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"),
            ItemFate::retry);
  EXPECT_EQ(fate_of(BulkAction::create, 429, type,
                    "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage "
                    "watermark];"),
            ItemFate::retry);
  EXPECT_EQ(fate_of(BulkAction::create, 403, type,
                    "index [x] blocked by: [FORBIDDEN/8/index write (api)];"),
            ItemFate::stop);
  EXPECT_EQ(fate_of(BulkAction::create, 403, "security_exception", "a reason with /12/ in it"),
            ItemFate::stop);
}

TEST(ItemFate, RejectsEverythingElse) {
  for (const int status : {400, 405, 406, 413, 418})
    EXPECT_EQ(create_fate(status), ItemFate::rejected) << status;
}

}  // namespace
}  // namespace billow::elastic
