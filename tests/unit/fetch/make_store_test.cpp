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
  WorkerPool pool_{1};
  test::FakeEnvironment around_;
};

TEST_F(MakeStoreTest, MakesWhatTheLocationNames) {
  feed::FeedConfig folder;
  folder.location.path = "/data/copy";
  EXPECT_EQ((*make_object_store(folder, context()))->name(), "file:///data/copy");
  EXPECT_EQ((*make_object_store(bucket("my-bucket"), context()))->name(), "s3://my-bucket");
}

TEST_F(MakeStoreTest, SaysWhatIsWrongWithoutSendingAnything) {
  EXPECT_FALSE(make_object_store(bucket("a/b"), context()));
  auto config = bucket("my-bucket");
  config.s3.endpoint = "localhost:9000";
  auto store = make_object_store(config, context());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::bad_config);
  EXPECT_NE(store.error().detail.find("endpoint"), std::string::npos);
  around_.variables["AWS_REGION"] = "No Region";
  EXPECT_FALSE(make_object_store(bucket("my-bucket"), context()));
}

TEST_F(MakeStoreTest, FindsTheEndpointInTheEnvironment) {
  around_.variables["AWS_ENDPOINT_URL_S3"] = "nonsense";
  EXPECT_FALSE(make_object_store(bucket("my-bucket"), context()));
  auto config = bucket("my-bucket");
  config.s3.endpoint = "http://127.0.0.1:9000";
  EXPECT_TRUE(make_object_store(config, context())) << "the configuration's own wins";
}

}  // namespace
}  // namespace billow::fetch
