#include "auth/session_json.hpp"

#include <gtest/gtest.h>

namespace billow::auth {
namespace {

TEST(SessionJson, ReadsWhatTheMetadataServiceWrites) {
  const auto session = parse_session_json(
      R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-06-01T12:00:00Z","Type":"AWS-HMAC"})",
      SessionJson::metadata);
  ASSERT_TRUE(session) << session.error().detail;
  EXPECT_EQ(session->access_key_id, "A");
  EXPECT_EQ(session->secret_access_key, "S");
  EXPECT_EQ(session->session_token, "T");
  EXPECT_EQ(session->expires_at, parse_time("2026-06-01T12:00:00Z"));
}

TEST(SessionJson, ReadsWhatAProcessWrites) {
  const auto session = parse_session_json(
      R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T"})",
      SessionJson::process);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->session_token, "T");
  EXPECT_FALSE(session->expires_at);
}

TEST(SessionJson, RefusesAnotherVersionOfAProcess) {
  for (const char* text : {R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"S"})",
                           R"({"AccessKeyId":"A","SecretAccessKey":"S"})"}) {
    EXPECT_FALSE(parse_session_json(text, SessionJson::process));
  }
}

TEST(SessionJson, PassesOnWhyThereAreNone) {
  const auto session =
      parse_session_json(R"({"Code":"AssumeRoleUnauthorizedAccess"})", SessionJson::metadata);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::unauthorized);
  EXPECT_NE(session.error().detail.find("AssumeRoleUnauthorizedAccess"), std::string::npos);
}

TEST(SessionJson, NeverRepeatsASecretInItsError) {
  for (const char* text :
       {R"({"SecretAccessKey":"hunter2"})", R"({"AccessKeyId":"A","SecretAccessKey":"hunter2)",
        R"({"AccessKeyId":"A","SecretAccessKey":"hunter2","Expiration":"hunter2"})", "hunter2",
        "[]", ""}) {
    const auto session = parse_session_json(text, SessionJson::metadata);
    ASSERT_FALSE(session) << text;
    EXPECT_EQ(session.error().code, Errc::malformed);
    EXPECT_EQ(session.error().detail.find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace billow::auth
