#include "elastic/audit_log.hpp"

#include <gtest/gtest.h>

namespace billow::elastic {
namespace {

AuditHead head(std::uint64_t sequence, const std::string& hash) {
  AuditHead made;
  made.sequence = sequence;
  made.hash = hash;
  return made;
}

TEST(AuditPredecessor, IsNoneForTheFirstRecord) {
  const AuditHead found = predecessor({}, {});
  EXPECT_EQ(found.sequence, 0U);
  EXPECT_EQ(found.hash, std::string(64, '0'));
}

TEST(AuditPredecessor, IsTheTailThatAHeadLagsBehind) {
  EXPECT_EQ(predecessor(head(4, "a"), head(5, "b")).hash, "b");
  EXPECT_EQ(predecessor({}, head(5, "b")).sequence, 5U);
}

TEST(AuditPredecessor, IsTheHeadWhenTheTailWasTamperedWith) {
  EXPECT_EQ(predecessor(head(5, "a"), head(5, "b")).hash, "a");
  EXPECT_EQ(predecessor(head(5, "a"), head(3, "b")).sequence, 5U);
  EXPECT_EQ(predecessor(head(5, "a"), {}).hash, "a");
}

}  // namespace
}  // namespace billow::elastic
