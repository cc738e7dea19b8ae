#include "fetch/make_store.hpp"

#include "unit/auth/fake_environment.hpp"

#include <gtest/gtest.h>

namespace billow::fetch {
namespace {

class MakeStoreTest : public testing::Test {
 protected:
  StoreContext context() {
    StoreContext out(pool_);
    out.environment = around_.environment();
    return out;
  }
  feed::FeedConfig bucket(std::string name) {
    feed::FeedConfig config;
    config.location.scheme = feed::Location::Scheme::s3;
    config.location.bucket = std::move(name);
    return config;
  }
  Result<std::unique_ptr<ObjectStore>> make(const feed::FeedConfig& config,
                                            const std::string& kind = "aws/cur2") {
    return make_object_store(config, feed::find_definition(kind).value(), context());
  }
  WorkerPool pool_{1};
  test::FakeEnvironment around_;
};

TEST_F(MakeStoreTest, MakesWhatTheLocationNames) {
  feed::FeedConfig folder;
  folder.location.path = "/data/copy";
  EXPECT_EQ((*make(folder))->name(), "file:///data/copy");
  EXPECT_EQ((*make(bucket("my-bucket")))->name(), "s3://my-bucket");
}

TEST_F(MakeStoreTest, SaysWhatIsWrongWithoutSendingAnything) {
  EXPECT_FALSE(make(bucket("a/b")));
  auto config = bucket("my-bucket");
  config.s3.endpoint = "localhost:9000";
  auto store = make(config);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::bad_config);
  EXPECT_NE(store.error().detail.find("endpoint"), std::string::npos);
  around_.variables["AWS_REGION"] = "No Region";
  EXPECT_FALSE(make(bucket("my-bucket")));
}

TEST_F(MakeStoreTest, FindsTheEndpointInTheEnvironment) {
  around_.variables["AWS_ENDPOINT_URL"] = "nonsense";
  EXPECT_FALSE(make(bucket("my-bucket")));
  around_.variables["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9000";
  EXPECT_TRUE(make(bucket("my-bucket"))) << "the service's own wins";
  around_.variables["AWS_ENDPOINT_URL_S3"] = "nonsense";
  EXPECT_FALSE(make(bucket("my-bucket")));
  auto config = bucket("my-bucket");
  config.s3.endpoint = "http://127.0.0.1:9000";
  EXPECT_TRUE(make(config)) << "the configuration's own wins";
}

TEST_F(MakeStoreTest, AsksElasticCloudWhereTheKindSaysSo) {
  feed::FeedConfig config;
  config.elastic_cloud.organization = "123";
  config.elastic_cloud.api_key = {"", "/no/such/key"};
  auto store = make(config, "elastic-cloud/costs");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::bad_config);
  EXPECT_NE(store.error().detail.find("/no/such/key"), std::string::npos);
  config.elastic_cloud.api_key = {"PATH", ""};
  store = make(config, "elastic-cloud/costs");
  ASSERT_TRUE(store) << store.error().detail;
  EXPECT_EQ((*store)->name(), "https://cloud.elastic.co, organisation 123");
  config.elastic_cloud.ca_file = "/no/such.pem";
  EXPECT_FALSE(make(config, "elastic-cloud/costs"));
}

}  // namespace
}  // namespace billow::fetch
