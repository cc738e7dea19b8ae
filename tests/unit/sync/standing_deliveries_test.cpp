#include "sync/standing_deliveries.hpp"

#include <gmock/gmock.h>

namespace billow::sync {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Discovered month(const std::string& period, bool settled = true) {
  Discovered made;
  made.period = period;
  made.manifest_key = "organizations/1/instances/" + period;
  made.settled = settled;
  return made;
}

DeliveryRecord record(const std::string& period, DeliveryState state = DeliveryState::published) {
  DeliveryRecord made;
  made.feed = "f";
  made.period = period;
  made.delivery_id = "id-of-" + period;
  made.manifest_key = month(period).manifest_key;
  made.manifest_etag = "1 ECU = 1 USD";
  made.state = state;
  made.objects.resize(3);
  return made;
}

TEST(StandingDeliveries, AreThoseThatWerePublishedAndAreSettled) {
  const auto standing =
      standing_deliveries({month("2026-01"), month("2026-02"), month("2026-03", false)},
                          {record("2026-01"), record("2026-03")});
  ASSERT_THAT(standing, SizeIs(1));
  const Delivery& delivery = standing.at("2026-01");
  EXPECT_EQ(delivery.period, "2026-01");
  EXPECT_EQ(delivery.id, "id-of-2026-01");
  EXPECT_EQ(delivery.manifest.key, "organizations/1/instances/2026-01");
  EXPECT_EQ(delivery.manifest.etag, "1 ECU = 1 USD");
  EXPECT_THAT(delivery.objects, SizeIs(3));
}

TEST(StandingDeliveries, NoneOfAPeriodForWhichSomethingIsLeftOpen) {
  for (const DeliveryState state :
       {DeliveryState::loading, DeliveryState::verified, DeliveryState::withheld}) {
    EXPECT_THAT(standing_deliveries({month("2026-01")}, {record("2026-01", state)}), IsEmpty());
    EXPECT_THAT(
        standing_deliveries({month("2026-01")}, {record("2026-01"), record("2026-01", state)}),
        IsEmpty())
        << name_of(state);
  }
}

TEST(StandingDeliveries, NoneOfAnotherOrganization) {
  DeliveryRecord other = record("2026-01");
  other.manifest_key = "organizations/2/instances/2026-01";
  EXPECT_THAT(standing_deliveries({month("2026-01")}, {other}), IsEmpty());
}

}  // namespace
}  // namespace billow::sync
