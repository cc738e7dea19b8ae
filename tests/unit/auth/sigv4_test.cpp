#include "auth/sigv4.hpp"

#include "http/message.hpp"

#include <gtest/gtest.h>

namespace billow::auth {
namespace {

constexpr UnixSeconds may_24_2013 = 1'369'353'600;
constexpr UnixSeconds march_15_2025_noon = 1'742'040'000;

/// AWS's published example credentials.
Credentials example_keys() {
  Credentials keys;
  keys.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  keys.secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  return keys;
}

SigningScope scope_of(std::string service, UnixSeconds time) {
  SigningScope scope;
  scope.service = std::move(service);
  scope.region = "us-east-1";
  scope.time = time;
  return scope;
}

http::Request request_to(std::string_view url) {
  return http::Request("GET", *http::Url::parse(url));
}

std::string_view authorization(const http::Request& request) {
  return http::find_header(request.headers, "authorization");
}

std::string_view signature(const http::Request& request) {
  const auto text = authorization(request);
  return text.substr(text.find("Signature=") + 10);
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
TEST(SigV4, SignsThePublishedObjectRequest) {
  http::Request request = request_to("https://examplebucket.s3.amazonaws.com/test.txt");
  request.headers.emplace_back("Range", "bytes=0-9");
  sign(request, example_keys(), scope_of("s3", may_24_2013));
  EXPECT_EQ(authorization(request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4, SignsThePublishedListRequest) {
  http::Request request = request_to("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");
  sign(request, example_keys(), scope_of("s3", may_24_2013));
  EXPECT_EQ(signature(request), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, SignsABodyWithATokenForAnotherService) {
  http::Request request = request_to("https://ce.us-east-1.amazonaws.com/");
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/x-amz-json-1.1");
  request.headers.emplace_back("X-Amz-Target", "AWSInsightsIndexService.GetCostAndUsage");
  request.body = std::make_shared<const std::string>(
      R"({"Granularity":"DAILY","Metrics":["UnblendedCost"],"TimePeriod":{"End":"2025-02-01","Start":"2025-01-01"}})");
  ASSERT_EQ(request.body->size(), 106U);
  Credentials keys = example_keys();
  keys.session_token = "TOKEN";
  sign(request, keys, scope_of("ce", march_15_2025_noon));
  EXPECT_EQ(signature(request), "1284736cc922d3cf438ae56f52aef96c3611c4d6ea592df373f85aa30a323e3b");
}

TEST(SigV4, ReplacesAnEarlierSignature) {
  http::Request once = request_to("https://examplebucket.s3.amazonaws.com/test.txt");
  http::Request twice = once;
  Credentials temporary = example_keys();
  temporary.session_token = "old";
  sign(twice, temporary, scope_of("s3", march_15_2025_noon));
  sign(once, example_keys(), scope_of("s3", may_24_2013));
  sign(twice, example_keys(), scope_of("s3", may_24_2013));
  EXPECT_EQ(authorization(twice), authorization(once));
  EXPECT_EQ(twice.headers.size(), once.headers.size());
  EXPECT_EQ(http::find_header(twice.headers, "x-amz-security-token"), "");
}

TEST(SigV4, LeavesAPathOfS3AsItIs) {
  const auto request = request_to("https://b.s3.amazonaws.com/a//b/../c%20d/");
  EXPECT_TRUE(canonical_request(request, "s3").starts_with("GET\n/a//b/../c%20d/\n"))
      << canonical_request(request, "s3");
}

TEST(SigV4, NormalisesAndEncodesThePathOfOtherServicesAgain) {
  const auto request = request_to("https://x.amazonaws.com/a//./b/../c%20d/");
  EXPECT_TRUE(canonical_request(request, "x").starts_with("GET\n/a/c%2520d/\n"))
      << canonical_request(request, "x");
}

TEST(SigV4, SortsTheQueryByNameThenValue) {
  const auto request = request_to("https://h/?b=2&a=%2F&b=1&c&a=");
  EXPECT_TRUE(canonical_request(request, "s3").starts_with("GET\n/\na=&a=%2F&b=1&b=2&c=\n"));
}

TEST(SigV4, TrimsHeadersAndJoinsRepeatedOnes) {
  auto request = request_to("https://h/");
  request.headers = {{"X-B", "  a   b  "}, {"x-a", "1"}, {"X-A", "2"}, {"User-Agent", "billow"}};
  const std::string text = canonical_request(request, "s3");
  EXPECT_NE(text.find("\nhost:h\nx-a:1,2\nx-b:a b\n\nhost;x-a;x-b\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace billow::auth
