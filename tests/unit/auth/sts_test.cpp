#include "auth/sts.hpp"

#include <gtest/gtest.h>

namespace billow::auth {
namespace {

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(Sts, IsReachedInItsRegion) {
  EXPECT_EQ(sts_url("", "eu-central-1")->authority(), "sts.eu-central-1.amazonaws.com");
  EXPECT_EQ(sts_url("", "cn-north-1")->authority(), "sts.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(sts_url("http://127.0.0.1:5000", "eu-central-1")->authority(), "127.0.0.1:5000");
  EXPECT_FALSE(sts_url("nonsense", "eu-central-1"));
}

TEST(Sts, AsksForARoleByAForm) {
  AssumeRole role;
  role.role_arn = "arn:aws:iam::111122223333:role/r";
  role.external_id = "a b&c";
  role.session_name = "s";
  role.duration_s = 900;
  const auto request = assume_role_request(*sts_url("", "us-east-1"), role);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(
      *request.body,
      "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fr"
      "&RoleSessionName=s&DurationSeconds=900&ExternalId=a%20b%26c");
}

TEST(Sts, AsksWithATokenWithoutASignature) {
  WebIdentity identity;
  identity.role_arn = "r";
  identity.session_name = "s";
  const auto request = web_identity_request(*sts_url("", "us-east-1"), identity, "a.b/c");
  EXPECT_EQ(*request.body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r&RoleSessionName=s&"
            "WebIdentityToken=a.b%2Fc");
}

TEST(Sts, ReadsTheSessionOfEitherCall) {
  for (const std::string call : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    const auto session = parse_sts_answer(answer(
        200, "<" + call + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + call +
                 "Result><AssumedRoleUser><Arn>x</Arn></"
                 "AssumedRoleUser><Credentials><AccessKeyId>A</AccessKeyId>"
                 "<SecretAccessKey>S/+=</SecretAccessKey><SessionToken>T</SessionToken>"
                 "<Expiration>2026-06-01T12:00:00.123Z</Expiration></Credentials></" +
                 call + "Result></" + call + "Response>"));
    ASSERT_TRUE(session) << session.error().detail;
    EXPECT_EQ(session->secret_access_key, "S/+=");
    EXPECT_EQ(session->expires_at, parse_time("2026-06-01T12:00:00Z"));
  }
}

TEST(Sts, RefusesHalfASession) {
  for (const char* body :
       {"", "<a/>", "{}",
        "<R><Q><Credentials><AccessKeyId>A</AccessKeyId></Credentials></Q></R>"}) {
    const auto session = parse_sts_answer(answer(200, body));
    ASSERT_FALSE(session) << body;
    EXPECT_EQ(session.error().code, Errc::malformed);
  }
}

struct Refusal {
  int status;
  const char* code;
  Errc errc;
};

class StsRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(StsRefusal, SaysWhatHappensNext) {
  const auto session = parse_sts_answer(answer(
      GetParam().status,
      std::string("<ErrorResponse><Error><Type>Sender</Type><Code>") + GetParam().code +
          "</Code><Message>because</Message></Error><RequestId>r</RequestId></ErrorResponse>"));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, GetParam().errc) << session.error().detail;
  EXPECT_NE(session.error().detail.find("because"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, StsRefusal,
                         testing::Values(Refusal{403, "AccessDenied", Errc::unauthorized},
                                         Refusal{403, "InvalidClientTokenId", Errc::unauthorized},
                                         Refusal{400, "ExpiredTokenException", Errc::unauthorized},
                                         Refusal{400, "IDPCommunicationError", Errc::transient},
                                         Refusal{400, "Throttling", Errc::throttled},
                                         Refusal{400, "ValidationError", Errc::rejected},
                                         Refusal{500, "InternalFailure", Errc::transient},
                                         Refusal{503, "ServiceUnavailable", Errc::throttled}));

}  // namespace
}  // namespace billow::auth
