#include "elastic/refresh.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

TEST(Refresh, CountsAsDoneOnlyWhereNoShardFailed) {
  EXPECT_TRUE(read_refresh_answer(R"({"_shards":{"total":2,"successful":1,"failed":0}})"));
  const auto failed = read_refresh_answer(R"({"_shards":{"total":2,"successful":1,"failed":1}})");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::transient);
  for (const char* odd : {"", "{}", R"({"_shards":{"failed":"0"}})"})
    EXPECT_EQ(read_refresh_answer(odd).error().code, Errc::malformed) << odd;
}

}  // namespace
}  // namespace billow::elastic
