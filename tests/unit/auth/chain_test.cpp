#include "auth/chain.hpp"

#include "unit/auth/fake_environment.hpp"

#include <gtest/gtest.h>

namespace billow::auth {
namespace {

class ChainTest : public testing::Test {
 protected:
  ChainTest() { around_.variables["HOME"] = "/home/x"; }

  Result<ChosenSource> choose(const std::string& profile = "") {
    auto profiles = read_profiles(around_.environment());
    if (!profiles) return profiles.error();
    return choose_source(profile, around_.environment(), *profiles);
  }
  /// The access key of the static keys chosen, or why there are none.
  std::string key_of(const Result<ChosenSource>& chosen) {
    if (!chosen) return chosen.error().detail;
    const auto* keys = std::get_if<StaticKeys>(&chosen->source.how);
    return keys != nullptr ? keys->keys.access_key_id : "not static: " + chosen->source.origin;
  }
  void expect_bad(const Result<ChosenSource>& chosen, const std::string& why) {
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, Errc::bad_config);
    EXPECT_NE(chosen.error().detail.find(why), std::string::npos) << chosen.error().detail;
  }
  void environment_keys() {
    around_.variables["AWS_ACCESS_KEY_ID"] = "ENV";
    around_.variables["AWS_SECRET_ACCESS_KEY"] = "hunter2";
  }
  std::string& config() { return around_.files["/home/x/.aws/config"]; }
  std::string& credentials() { return around_.files["/home/x/.aws/credentials"]; }

  test::FakeEnvironment around_;
};

TEST_F(ChainTest, TakesTheEnvironmentFirst) {
  environment_keys();
  around_.variables["AWS_SESSION_TOKEN"] = "T";
  around_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  credentials() = "[default]\naws_access_key_id=FILE\naws_secret_access_key=s\n";
  const auto chosen = choose();
  EXPECT_EQ(key_of(chosen), "ENV");
  EXPECT_EQ(std::get<StaticKeys>(chosen->source.how).keys.session_token, "T");
}

TEST_F(ChainTest, TakesANamedProfileBeforeTheEnvironment) {
  environment_keys();
  credentials() = "[audit]\naws_access_key_id=FILE\naws_secret_access_key=s\naws_session_token=T\n";
  EXPECT_EQ(key_of(choose("audit")), "FILE");
  around_.variables["AWS_PROFILE"] = "audit";
  EXPECT_EQ(key_of(choose()), "ENV")
      << "a profile named by a variable does not hide the keys beside it";
}

TEST_F(ChainTest, RefusesHalfAKeyPair) {
  around_.variables["AWS_ACCESS_KEY_ID"] = "ENV";
  expect_bad(choose(), "AWS_SECRET_ACCESS_KEY");
  around_.variables.erase("AWS_ACCESS_KEY_ID");
  credentials() = "[default]\naws_access_key_id=FILE\n";
  expect_bad(choose(), "aws_secret_access_key");
}

TEST_F(ChainTest, FindsTheFilesWhereVariablesHaveThem) {
  around_.variables["AWS_CONFIG_FILE"] = "/etc/aws";
  around_.variables["AWS_SHARED_CREDENTIALS_FILE"] = "~/keys";
  around_.files["/etc/aws"] =
      "[profile default]\naws_access_key_id=CONFIG\naws_secret_access_key=s\n";
  EXPECT_EQ(key_of(choose()), "CONFIG");
  around_.files["/home/x/keys"] = "[default]\naws_access_key_id=SHARED\naws_secret_access_key=s\n";
  EXPECT_EQ(key_of(choose()), "SHARED");
}

TEST_F(ChainTest, PutsTheProcessBetweenBothFiles) {
  config() =
      "[default]\ncredential_process = /bin/keys "
      "--json\naws_access_key_id=CONFIG\naws_secret_access_key=s\n";
  auto chosen = choose();
  ASSERT_TRUE(chosen);
  EXPECT_EQ(std::get<Process>(chosen->source.how).command, "/bin/keys --json");
  credentials() = "[default]\naws_access_key_id=SHARED\naws_secret_access_key=s\n";
  EXPECT_EQ(key_of(choose()), "SHARED");
}

TEST_F(ChainTest, AssumesTheRoleOfAProfile) {
  config() =
      "[profile audit]\nrole_arn = arn:r\nsource_profile = base\nexternal_id = "
      "e\nrole_session_name = me\n"
      "duration_seconds = 900\n";
  credentials() = "[base]\naws_access_key_id=BASE\naws_secret_access_key=s\n";
  const auto chosen = choose("audit");
  ASSERT_TRUE(chosen) << chosen.error().detail;
  const auto& role = std::get<AssumeRole>(chosen->source.how);
  EXPECT_EQ(role.role_arn, "arn:r");
  EXPECT_EQ(role.external_id, "e");
  EXPECT_EQ(role.session_name, "me");
  EXPECT_EQ(role.duration_s, 900);
  EXPECT_EQ(std::get<StaticKeys>(role.base->how).keys.access_key_id, "BASE");
}

TEST_F(ChainTest, AssumesOneRoleFromAnother) {
  config() =
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
      "[profile b]\nrole_arn = arn:b\ncredential_source = Environment\n";
  environment_keys();
  const auto chosen = choose("a");
  ASSERT_TRUE(chosen) << chosen.error().detail;
  const auto& middle = std::get<AssumeRole>(std::get<AssumeRole>(chosen->source.how).base->how);
  EXPECT_EQ(middle.role_arn, "arn:b");
  EXPECT_EQ(std::get<StaticKeys>(middle.base->how).keys.access_key_id, "ENV");
}

TEST_F(ChainTest, LetsAProfileBeItsOwnSourceOfKeys) {
  config() = "[profile a]\nrole_arn = arn:a\nsource_profile = a\n";
  credentials() = "[a]\naws_access_key_id=OWN\naws_secret_access_key=s\n";
  const auto chosen = choose("a");
  ASSERT_TRUE(chosen) << chosen.error().detail;
  EXPECT_EQ(
      std::get<StaticKeys>(std::get<AssumeRole>(chosen->source.how).base->how).keys.access_key_id,
      "OWN");
}

TEST_F(ChainTest, RefusesProfilesThatLeadNowhere) {
  config() =
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = "
      "arn:b\nsource_profile = a\n";
  expect_bad(choose("a"), "circle");
  config() = "[profile a]\nrole_arn = arn:a\nsource_profile = gone\n";
  expect_bad(choose("a"), "'gone'");
  config() = "[profile a]\nrole_arn = arn:a\n";
  expect_bad(choose("a"), "source_profile and credential_source");
  config() = "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nregion = x\n";
  expect_bad(choose("a"), "holds no credentials");
  config() = "[profile a]\nrole_arn = arn:a\ncredential_source = Moon\n";
  expect_bad(choose("a"), "'Moon'");
  config() = "[profile a]\nrole_arn = arn:a\nsource_profile = b\nmfa_serial = arn:mfa\n";
  expect_bad(choose("a"), "mfa_serial");
  config() =
      "[profile a]\nrole_arn = arn:a\ncredential_source = Ec2InstanceMetadata\nduration_seconds = "
      "12h\n";
  expect_bad(choose("a"), "duration_seconds");
}

TEST_F(ChainTest, SaysThatANamedProfileIsMissing) {
  expect_bad(choose("gone"), "'gone'");
  around_.variables["AWS_PROFILE"] = "gone too";
  expect_bad(choose(), "'gone too'");
}

TEST_F(ChainTest, TakesAWebIdentityFromVariablesOrTheProfile) {
  around_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  expect_bad(choose(), "AWS_ROLE_ARN");
  around_.variables["AWS_ROLE_ARN"] = "arn:r";
  auto chosen = choose();
  ASSERT_TRUE(chosen) << chosen.error().detail;
  EXPECT_EQ(std::get<WebIdentity>(chosen->source.how).token_file, "/token");
  config() =
      "[profile p]\nweb_identity_token_file = /other\nrole_arn = arn:p\nrole_session_name = n\n";
  chosen = choose("p");
  ASSERT_TRUE(chosen) << chosen.error().detail;
  EXPECT_EQ(std::get<WebIdentity>(chosen->source.how).token_file, "/other");
  EXPECT_EQ(std::get<WebIdentity>(chosen->source.how).role_arn, "arn:p");
}

TEST_F(ChainTest, NamesSsoAsUnsupported) {
  config() =
      "[default]\nsso_session = s\nsso_account_id = 1\n[sso-session s]\nsso_start_url = "
      "https://x\n";
  expect_bad(choose(), "SSO");
}

TEST_F(ChainTest, AsksTheContainerThenTheInstance) {
  around_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/x";
  around_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "t";
  auto chosen = choose();
  ASSERT_TRUE(chosen) << chosen.error().detail;
  EXPECT_EQ(std::get<Container>(chosen->source.how).url, "http://169.254.170.2/v2/credentials/x");
  EXPECT_EQ(std::get<Container>(chosen->source.how).token, "t");
  around_.variables.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  chosen = choose();
  ASSERT_TRUE(chosen);
  EXPECT_EQ(std::get<InstanceMetadata>(chosen->source.how).endpoint, "http://169.254.169.254");
  EXPECT_EQ(chosen->passed_over.size(), 4U);
}

TEST_F(ChainTest, ListsEverythingItTried) {
  around_.variables["AWS_EC2_METADATA_DISABLED"] = "True";
  const auto chosen = choose();
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, Errc::unauthorized);
  for (const char* step : {"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "profile default",
                           "/home/x/.aws/credentials", "container", "AWS_EC2_METADATA_DISABLED"}) {
    EXPECT_NE(chosen.error().detail.find(step), std::string::npos)
        << step << " in " << chosen.error().detail;
  }
}

TEST_F(ChainTest, SendsAContainersTokenToNoStranger) {
  const auto url = [&](const std::string& text) {
    around_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = text;
    return container_url(around_.environment());
  };
  for (const char* text :
       {"http://127.0.0.1:1234/x", "http://localhost/x", "http://[::1]/x", "http://169.254.170.2/x",
        "http://169.254.170.23/v1", "http://[fd00:ec2::23]/v1", "https://example.com/x"}) {
    EXPECT_TRUE(url(text)) << text;
  }
  for (const char* text :
       {"http://example.com/x", "http://169.254.169.254/x", "http://10.0.0.1/",
        "file:///etc/passwd", "http://169.254.170.2.evil.com/", "http://127.0.0.1@evil.com/"}) {
    const auto refused = url(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::bad_config);
  }
  around_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@evil.com/x";
  EXPECT_FALSE(container_url(around_.environment()));
}

TEST_F(ChainTest, NeverRepeatsASecret) {
  around_.variables["AWS_SECRET_ACCESS_KEY"] = "hunter2";
  around_.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  credentials() = "[default]\naws_secret_access_key = hunter2\n";
  const auto chosen = choose();
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().detail.find("hunter2"), std::string::npos);
  credentials() = "[default]\nhunter2\n";
  EXPECT_EQ(choose().error().detail.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace billow::auth
