#include "fetch/s3_address.hpp"

#include <gtest/gtest.h>

namespace billow::fetch {
namespace {

std::string url(const std::string& bucket, const feed::S3Config& config, std::string_view key,
                std::string_view query = "", const std::string& region = "eu-west-1") {
  const auto place = make_s3_place(bucket, config, region);
  if (!place) return place.error().detail;
  const http::Url out = s3_url(*place, key, query);
  return (out.tls ? "https://" : "http://") + out.authority() + out.target;
}

feed::S3Config at(std::string endpoint, bool path_style = false) {
  feed::S3Config config;
  config.endpoint = std::move(endpoint);
  config.path_style = path_style;
  return config;
}

TEST(S3Address, PutsTheBucketIntoTheHostName) {
  EXPECT_EQ(url("my-bucket", {}, "a/b"), "https://my-bucket.s3.eu-west-1.amazonaws.com/a/b");
  EXPECT_EQ(url("my-bucket", {}, "", "list-type=2"),
            "https://my-bucket.s3.eu-west-1.amazonaws.com/?list-type=2");
}

TEST(S3Address, PutsTheBucketIntoThePathWhereItIsAskedTo) {
  EXPECT_EQ(url("my-bucket", at("", true), "a/b"),
            "https://s3.eu-west-1.amazonaws.com/my-bucket/a/b");
  EXPECT_EQ(url("my-bucket", at("", true), "", "q"),
            "https://s3.eu-west-1.amazonaws.com/my-bucket?q");
}

TEST(S3Address, PutsTheBucketIntoThePathWhereNoCertificateWouldMatch) {
  EXPECT_EQ(url("my.bucket", {}, "k"), "https://s3.eu-west-1.amazonaws.com/my.bucket/k");
  EXPECT_EQ(url("my.bucket", at("http://store.example.com"), "k"),
            "http://my.bucket.store.example.com/k");
}

TEST(S3Address, PutsTheBucketIntoThePathWhereItCannotBeAHostName) {
  EXPECT_EQ(url("My_Bucket", {}, "k"), "https://s3.eu-west-1.amazonaws.com/My_Bucket/k");
  EXPECT_EQ(url("bucket", at("http://127.0.0.1:9000"), "k"), "http://127.0.0.1:9000/bucket/k");
  EXPECT_EQ(url("bucket", at("http://[::1]:9000"), "k"), "http://[::1]:9000/bucket/k");
  EXPECT_EQ(url("bucket", at("http://minio:9000/"), "k"), "http://minio:9000/bucket/k");
}

TEST(S3Address, KnowsOtherPartitions) {
  EXPECT_EQ(url("b-1", {}, "k", "", "cn-north-1"), "https://b-1.s3.cn-north-1.amazonaws.com.cn/k");
  EXPECT_EQ(url("b-1", {}, "k", "", "us-gov-west-1"),
            "https://b-1.s3.us-gov-west-1.amazonaws.com/k");
}

TEST(S3Address, EncodesAKeyOnceAndChangesNothingElse) {
  EXPECT_EQ(url("b-1", {}, "a b+c//../ü%?#=&/"),
            "https://b-1.s3.eu-west-1.amazonaws.com/a%20b%2Bc//../%C3%BC%25%3F%23%3D%26/");
  EXPECT_EQ(url("b-1", {}, "/a"), "https://b-1.s3.eu-west-1.amazonaws.com//a");
}

TEST(S3Address, KeepsThePathOfAnEndpoint) {
  EXPECT_EQ(url("bucket", at("https://gw.example.com/s3/", true), "k"),
            "https://gw.example.com/s3/bucket/k");
}

TEST(S3Address, RefusesNamesThatWouldLeadElsewhere) {
  for (const char* bucket : {"", "ab", "a/b", "evil.com/", "a b", "a@b", "bücket"}) {
    const auto place = make_s3_place(bucket, {}, "eu-west-1");
    ASSERT_FALSE(place) << bucket;
    EXPECT_EQ(place.error().code, Errc::bad_config);
  }
  for (const char* region : {"", "evil.com/", "EU", "a b", "-a"})
    EXPECT_FALSE(make_s3_place("bucket", {}, region)) << region;
  EXPECT_FALSE(make_s3_place("bucket", at("127.0.0.1:9000"), "eu-west-1"));
  EXPECT_FALSE(make_s3_place("bucket", at("http://h/?x"), "eu-west-1"));
}

}  // namespace
}  // namespace billow::fetch
