#include "sync/elastic_cloud_finder.hpp"

#include "../elastic/run_task.hpp"
#include "base/civil_time.hpp"
#include "feed/elastic_cloud.hpp"

#include <gmock/gmock.h>

namespace billow::sync {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// Lists days by keys and ETags that a test names, and notes what it was asked for.
class FakeDays final : public fetch::ObjectStore {
 public:
  std::string name() const override { return "fake"; }
  Task<std::vector<fetch::ObjectInfo>> list(std::string prefix) override {
    listed.push_back(prefix);
    std::vector<fetch::ObjectInfo> found;
    for (const auto& [key, etag] : days) {
      if (!key.starts_with(prefix)) continue;
      fetch::ObjectInfo info;
      info.key = key;
      info.size = 10;
      info.etag = etag;
      found.push_back(std::move(info));
    }
    co_return found;
  }
  Task<fetch::Object> get(std::string) override { co_return Error{Errc::not_found, ""}; }
  Task<std::unique_ptr<fetch::ObjectReader>> open(fetch::ObjectInfo) override {
    co_return Error{Errc::not_found, ""};
  }

  std::map<std::string, std::string> days;
  std::vector<std::string> listed;
};

class ElasticCloudFinderTest : public testing::Test {
 protected:
  ElasticCloudFinderTest() {
    config_.id = "f";
    config_.since = "2026-01";
    config_.elastic_cloud.organization = "123";
    for (const int day : {1, 2, 3})
      store_.days["instances/2026-01-0" + std::to_string(day) + ".json"] = "e";
  }
  Delivery read() {
    Discovered discovered;
    discovered.period = "2026-01";
    auto delivery = run_task(finder_.read(discovered, Coverage{}));
    EXPECT_TRUE(delivery) << (delivery ? "" : delivery.error().detail);
    return delivery ? *delivery : Delivery();
  }
  static audit::Record record_of(const Delivery& delivery) {
    audit::Record record;
    record.feed = "f";
    record.period = delivery.period;
    record.delivery_id = delivery.id;
    record.manifest_key = delivery.manifest.key;
    record.manifest_etag = delivery.manifest.etag;
    for (const fetch::ObjectInfo& object : delivery.objects) {
      auto& copy = record.objects.emplace_back();
      copy.key = object.key;
      copy.size = object.size;
      copy.etag = object.etag;
    }
    return record;
  }
  FoundDelivery recall(const audit::Record& record) {
    return run_task(finder_.recall(record)).value();
  }

  feed::FeedConfig config_;
  FakeDays store_;
  ElasticCloudFinder finder_{store_, config_};
};

TEST_F(ElasticCloudFinderTest, DiscoversTheMonthsByTheClock) {
  const UnixSeconds time = now();
  config_.since = month_of(time - 100 * seconds_per_day);
  const auto found = run_task(finder_.discover());
  ASSERT_TRUE(found);
  ASSERT_GE(found->size(), 3U);
  EXPECT_EQ(found->front().period, *config_.since);
  EXPECT_TRUE(found->front().settled);
  EXPECT_EQ(found->front().manifest_key, "organizations/123/instances/" + *config_.since);
  EXPECT_FALSE(found->back().settled);
  EXPECT_THAT(store_.listed, SizeIs(0)) << "nothing is asked to know them";
}

TEST_F(ElasticCloudFinderTest, AMonthIsADeliveryOfItsDays) {
  const Delivery delivery = read();
  EXPECT_EQ(delivery.period, "2026-01");
  EXPECT_EQ(delivery.manifest.key, "organizations/123/instances/2026-01");
  EXPECT_EQ(delivery.manifest.etag, "1 ECU = 1 USD");
  EXPECT_THAT(delivery.objects, SizeIs(3));
  EXPECT_THAT(store_.listed, ElementsAre("instances/2026-01"));
  EXPECT_EQ(read().id, delivery.id);
}

TEST_F(ElasticCloudFinderTest, AnotherAnswerAndAnotherPriceAreAnotherDelivery) {
  const std::string before = read().id;
  store_.days["instances/2026-01-02.json"] = "other";
  const std::string restated = read().id;
  EXPECT_NE(restated, before);
  config_.elastic_cloud.ecu_prices = {{"2025-01", "1"}, {"2026-02", "0.9"}};
  EXPECT_EQ(read().id, restated) << "later months cost something else";
  config_.elastic_cloud.ecu_prices = {{"2025-01", "0.9"}};
  EXPECT_NE(read().id, restated);
}

TEST_F(ElasticCloudFinderTest, AMonthWithoutADayIsNoDelivery) {
  store_.days.clear();
  Discovered discovered;
  discovered.period = "2026-01";
  const auto none = run_task(finder_.read(discovered, Coverage{}));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_F(ElasticCloudFinderTest, RecallsTheDaysThatWereDeliveredAndNoLaterOnes) {
  const Delivery published = read();
  store_.days["instances/2026-01-04.json"] = "later";
  const FoundDelivery found = recall(record_of(published));
  ASSERT_TRUE(found.delivery) << found.missing;
  EXPECT_EQ(found.delivery->id, published.id);
  EXPECT_THAT(found.delivery->objects, SizeIs(3));
}

TEST_F(ElasticCloudFinderTest, NamesTheDaysThatAreRestated) {
  const audit::Record record = record_of(read());
  store_.days["instances/2026-01-02.json"] = "other";
  const FoundDelivery found = recall(record);
  EXPECT_FALSE(found.delivery);
  EXPECT_THAT(found.missing,
              AllOf(HasSubstr("2026-01-02"), Not(HasSubstr("2026-01-01")), HasSubstr("fake")));
}

TEST_F(ElasticCloudFinderTest, DoesNotCompareWhatWasMadeAtAnotherPriceOrOfAnotherOrganization) {
  const audit::Record record = record_of(read());
  store_.listed.clear();
  config_.elastic_cloud.currency = "EUR";
  EXPECT_THAT(recall(record).missing, HasSubstr("1 ECU = 1 EUR"));
  config_.elastic_cloud.currency = "USD";
  config_.elastic_cloud.organization = "124";
  EXPECT_THAT(recall(record).missing, HasSubstr("organizations/124"));
  EXPECT_THAT(store_.listed, SizeIs(0));
}

}  // namespace
}  // namespace billow::sync
