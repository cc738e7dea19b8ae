#include "auth/aws_credentials.hpp"

#include "base/deadline.hpp"
#include "unit/auth/fake_environment.hpp"
#include "unit/http/scripted_server.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <mutex>

namespace billow::auth {
namespace {

using test::http_answer;
using test::Peer;
using test::ScriptedServer;
using namespace std::chrono_literals;

std::string session_json(const std::string& id, UnixSeconds lives_s = 6 * 3600) {
  return R"({"Code":"Success","Version":1,"AccessKeyId":")" + id +
         R"(","SecretAccessKey":"S","Token":"T","SessionToken":"T","Expiration":")" +
         format_time(now() + lives_s) + "\"}";
}

std::string session_xml(const std::string& id, UnixSeconds lives_s = 3600) {
  return "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + id +
         "</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</"
         "SessionToken><Expiration>" +
         format_time(now() + lives_s) +
         "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
}

/// Records requests and answers them by a function of their number.
class Recorder {
 public:
  explicit Recorder(std::function<std::string(int)> answer) : answer_(std::move(answer)) {}
  ScriptedServer::Script script() {
    return ScriptedServer::answering([this](const std::string& request) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      return answer_(static_cast<int>(requests_.size()));
    });
  }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::function<std::string(int)> answer_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
};

class AwsCredentialsTest : public testing::Test {
 protected:
  AwsCredentialsTest() { around_.variables["HOME"] = "/home/x"; }

  std::unique_ptr<AwsCredentials> make(AwsIdentity identity = {}) {
    http::ClientOptions options;
    options.connect_timeout = 2s;
    options.request_timeout = 5s;
    return std::make_unique<AwsCredentials>(std::move(identity), options, around_.environment());
  }
  Result<Credentials> current(AwsCredentials& credentials) {
    return test::run(context_, credentials.current());
  }
  std::string id(AwsCredentials& credentials) {
    const auto result = current(credentials);
    return result ? result->access_key_id : result.error().detail;
  }
  void base_keys() {
    around_.variables["AWS_ACCESS_KEY_ID"] = "BASE";
    around_.variables["AWS_SECRET_ACCESS_KEY"] = "hunter2";
  }

  boost::asio::io_context context_;
  test::FakeEnvironment around_;
};

TEST_F(AwsCredentialsTest, HandsOutKeysThatAreThere) {
  base_keys();
  EXPECT_EQ(id(*make()), "BASE");
}

TEST_F(AwsCredentialsTest, AsksTheInstanceInTwoSteps) {
  Recorder recorder([](int number) {
    return http_answer(number == 1 ? "TOKEN" : number == 2 ? "the-role\n" : session_json("IMDS"));
  });
  ScriptedServer server({recorder.script()});
  around_.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url();
  const auto credentials = make();
  const auto session = current(*credentials);
  ASSERT_TRUE(session) << session.error().detail;
  EXPECT_EQ(session->access_key_id, "IMDS");
  EXPECT_EQ(session->session_token, "T");
  EXPECT_EQ(id(*credentials), "IMDS");
  const auto requests = recorder.requests();
  ASSERT_EQ(requests.size(), 3U) << "the session is kept";
  EXPECT_TRUE(requests[0].starts_with("PUT /latest/api/token HTTP/1.1\r\n"));
  EXPECT_NE(requests[0].find("x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"), std::string::npos);
  EXPECT_TRUE(
      requests[1].starts_with("GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\r\n"));
  EXPECT_NE(requests[1].find("x-aws-ec2-metadata-token: TOKEN\r\n"), std::string::npos);
  EXPECT_TRUE(requests[2].starts_with(
      "GET /latest/meta-data/iam/security-credentials/the-role HTTP/1.1\r\n"));
}

TEST_F(AwsCredentialsTest, ListsWhatWasTriedWhenThereIsNoInstanceEither) {
  {
    ScriptedServer gone({[](Peer&) {}});
    around_.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = gone.url();
  }
  const auto session = current(*make());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::unauthorized);
  for (const char* step :
       {"environment", "web identity", "profile default", "container", "instance metadata"}) {
    EXPECT_NE(session.error().detail.find(step), std::string::npos) << session.error().detail;
  }
}

TEST_F(AwsCredentialsTest, DoesNotWaitLongForAnInstanceThatIsNotThere) {
  ScriptedServer silent({[](Peer& peer) { peer.wait_for_close(); }});
  around_.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = silent.url();
  const auto session = current(*make());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::unauthorized);
}

TEST_F(AwsCredentialsTest, AsksTheContainersAgentWithTheTokenOfTheMoment) {
  Recorder recorder(
      [](int number) { return http_answer(session_json("C" + std::to_string(number))); });
  ScriptedServer server({recorder.script()});
  around_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url("/creds");
  around_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
  around_.files["/token"] = "first";
  const auto credentials = make();
  EXPECT_EQ(id(*credentials), "C1");
  around_.files["/token"] = "second";
  around_.passed_s = 6 * 3600;
  EXPECT_EQ(id(*credentials), "C2");
  EXPECT_NE(recorder.requests()[0].find("authorization: first\r\n"), std::string::npos);
  EXPECT_NE(recorder.requests()[1].find("authorization: second\r\n"), std::string::npos);
}

TEST_F(AwsCredentialsTest, RunsACredentialProcess) {
  around_.files["/home/x/.aws/config"] =
      "[default]\ncredential_process = sh -c 'echo \"$0\"' '" + session_json("PROC") + "'\n";
  EXPECT_EQ(id(*make()), "PROC");
  around_.files["/home/x/.aws/config"] =
      "[default]\ncredential_process = sh -c 'echo hunter2; exit 1'\n";
  const auto failed = current(*make());
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().detail.find("credential_process of profile default"), std::string::npos)
      << failed.error().detail;
  EXPECT_EQ(failed.error().detail.find("hunter2"), std::string::npos);
}

TEST_F(AwsCredentialsTest, AssumesTheConfiguredRoleOnTopOfWhatItFinds) {
  base_keys();
  Recorder recorder([](int) { return http_answer(session_xml("ROLE")); });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "arn:aws:iam::111122223333:role/r";
  identity.external_id = "ext";
  identity.region = "eu-west-1";
  identity.sts_endpoint = sts.url();
  const auto credentials = make(identity);
  EXPECT_EQ(id(*credentials), "ROLE");
  EXPECT_EQ(id(*credentials), "ROLE");
  const auto requests = recorder.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_NE(requests[0].find("Action=AssumeRole&"), std::string::npos);
  EXPECT_NE(requests[0].find("&ExternalId=ext"), std::string::npos);
  EXPECT_NE(requests[0].find("&RoleSessionName=billow"), std::string::npos);
  EXPECT_NE(requests[0].find("Credential=BASE/"), std::string::npos);
  EXPECT_NE(requests[0].find("/eu-west-1/sts/aws4_request"), std::string::npos);
}

TEST_F(AwsCredentialsTest, RepeatsACallThatFailedInPassing) {
  base_keys();
  Recorder recorder([](int number) {
    return number == 1 ? http_answer("", "", "500 Oops") : http_answer(session_xml("ROLE"));
  });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "r";
  identity.sts_endpoint = sts.url();
  EXPECT_EQ(id(*make(identity)), "ROLE");
}

TEST_F(AwsCredentialsTest, SaysWhyARoleIsRefused) {
  base_keys();
  Recorder recorder([](int) {
    return http_answer(
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not "
        "you</Message></Error></ErrorResponse>",
        "", "403 Forbidden");
  });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "arn:r";
  identity.sts_endpoint = sts.url();
  const auto session = current(*make(identity));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::unauthorized);
  EXPECT_NE(session.error().detail.find("arn:r"), std::string::npos);
  EXPECT_NE(session.error().detail.find("not you"), std::string::npos);
  EXPECT_EQ(session.error().detail.find("hunter2"), std::string::npos);
  EXPECT_EQ(recorder.requests().size(), 1U) << "a refusal is not repeated";
}

TEST_F(AwsCredentialsTest, ShowsAWebIdentityUnsigned) {
  Recorder recorder([](int) { return http_answer(session_xml("WEB")); });
  ScriptedServer sts({recorder.script()});
  around_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  around_.variables["AWS_ROLE_ARN"] = "arn:r";
  around_.variables["AWS_ENDPOINT_URL_STS"] = sts.url();
  around_.files["/token"] = "ey.J\n";
  EXPECT_EQ(id(*make()), "WEB");
  const std::string request = recorder.requests().at(0);
  EXPECT_TRUE(request.ends_with("&WebIdentityToken=ey.J")) << request;
  EXPECT_EQ(request.find("authorization"), std::string::npos);
}

TEST_F(AwsCredentialsTest, TakesOneEndpointForAllServices) {
  Recorder recorder([](int) { return http_answer(session_xml("WEB")); });
  ScriptedServer sts({recorder.script()});
  around_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  around_.variables["AWS_ROLE_ARN"] = "arn:r";
  around_.variables["AWS_ENDPOINT_URL"] = sts.url();
  around_.files["/token"] = "ey.J";
  EXPECT_EQ(id(*make()), "WEB");
  around_.variables["AWS_ENDPOINT_URL_STS"] = "nonsense";
  EXPECT_FALSE(current(*make())) << "the service's own wins";
}

TEST_F(AwsCredentialsTest, RenewsASessionBeforeItEnds) {
  base_keys();
  Recorder recorder([](int number) {
    return http_answer(session_xml("R" + std::to_string(number), number == 1 ? 3600 : 7200));
  });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "r";
  identity.sts_endpoint = sts.url();
  const auto credentials = make(identity);
  EXPECT_EQ(id(*credentials), "R1");
  around_.passed_s = 44 * 60;
  EXPECT_EQ(id(*credentials), "R1");
  around_.passed_s = 46 * 60;
  EXPECT_EQ(id(*credentials), "R2");
  EXPECT_EQ(id(*credentials), "R2");
}

TEST_F(AwsCredentialsTest, KeepsAGoodSessionThatCannotBeRenewed) {
  base_keys();
  Recorder recorder([](int number) {
    return number == 1 ? http_answer(session_xml("R1")) : http_answer("", "", "403 No");
  });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "r";
  identity.sts_endpoint = sts.url();
  const auto credentials = make(identity);
  EXPECT_EQ(id(*credentials), "R1");
  around_.passed_s = 46 * 60;
  EXPECT_EQ(id(*credentials), "R1");
  EXPECT_EQ(id(*credentials), "R1");
  EXPECT_EQ(recorder.requests().size(), 2U) << "a failed renewal is not tried with every request";
}

TEST_F(AwsCredentialsTest, DoesNotGoOnWithASessionThatIsAboutToEnd) {
  base_keys();
  Recorder recorder([](int number) {
    return number == 1 ? http_answer(session_xml("R1")) : http_answer("", "", "403 No");
  });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "r";
  identity.sts_endpoint = sts.url();
  const auto credentials = make(identity);
  EXPECT_EQ(id(*credentials), "R1");
  around_.passed_s = 54 * 60;
  EXPECT_FALSE(current(*credentials));
}

TEST_F(AwsCredentialsTest, UsesAShortSessionForMostOfItsLife) {
  base_keys();
  for (const UnixSeconds lives_s : {900, 600, 120}) {
    Recorder recorder([lives_s](int number) {
      return http_answer(session_xml("R" + std::to_string(number), lives_s));
    });
    ScriptedServer sts({recorder.script()});
    AwsIdentity identity;
    identity.role_arn = "r";
    identity.sts_endpoint = sts.url();
    const auto credentials = make(identity);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(id(*credentials), "R1");
    EXPECT_EQ(recorder.requests().size(), 1U) << lives_s << " s";
  }
}

TEST_F(AwsCredentialsTest, AsksOnceAMinuteForASessionThatIsNotReplaced) {
  const UnixSeconds end = now() + 12 * 60;
  Recorder recorder([end](int) { return http_answer(session_json("C", end - now())); });
  ScriptedServer server({recorder.script()});
  around_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url("/creds");
  const auto credentials = make();
  const auto requests_at = [&](UnixSeconds passed_s) {
    around_.passed_s = passed_s;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(id(*credentials), "C");
    return recorder.requests().size();
  };
  EXPECT_EQ(requests_at(0), 1U);
  EXPECT_EQ(requests_at(500), 1U);
  EXPECT_EQ(requests_at(600), 2U) << "less than a quarter of its life is left";
  EXPECT_EQ(requests_at(640), 2U);
  EXPECT_EQ(requests_at(670), 3U);
  EXPECT_EQ(requests_at(700), 3U);
  EXPECT_EQ(requests_at(735), 4U) << "what is over may be so by our clock alone";
}

TEST_F(AwsCredentialsTest, RenewsOnceForAllWhoWait) {
  base_keys();
  Recorder recorder(
      [](int number) { return http_answer(session_xml("R" + std::to_string(number))); });
  ScriptedServer sts({recorder.script()});
  AwsIdentity identity;
  identity.role_arn = "r";
  identity.sts_endpoint = sts.url();
  const auto credentials = make(identity);
  int good = 0;
  const auto done = [&](std::exception_ptr, Result<Credentials> session) {
    good += session && session->access_key_id == "R1" ? 1 : 0;
  };
  for (int i = 0; i < 5; ++i) boost::asio::co_spawn(context_, credentials->current(), done);
  context_.run();
  EXPECT_EQ(good, 5);
  EXPECT_EQ(recorder.requests().size(), 1U);
}

Task<bool> current_for(AwsCredentials& credentials, std::chrono::milliseconds limit) {
  auto session = co_await complete_within(limit, credentials.current());
  co_return session.has_value();
}

TEST_F(AwsCredentialsTest, LetsTheNextRenewWhenARenewalIsCancelled) {
  base_keys();
  ScriptedServer sts(
      {[](Peer& peer) { peer.wait_for_close(); }, ScriptedServer::answering([](const std::string&) {
         return http_answer(session_xml("R"));
       })});
  AwsIdentity identity;
  identity.role_arn = "r";
  identity.sts_endpoint = sts.url();
  const auto credentials = make(identity);
  std::string second;
  bool first_ended = true;
  boost::asio::co_spawn(context_, current_for(*credentials, 100ms),
                        [&](std::exception_ptr, Result<bool> ended) { first_ended = *ended; });
  boost::asio::co_spawn(context_, credentials->current(),
                        [&](std::exception_ptr, Result<Credentials> session) {
                          second = session ? session->access_key_id : session.error().detail;
                        });
  context_.run();
  EXPECT_FALSE(first_ended);
  EXPECT_EQ(second, "R");
}

TEST_F(AwsCredentialsTest, LooksAgainWhenAServiceRefusesWhatItHandedOut) {
  auto& file = around_.files["/home/x/.aws/credentials"];
  file = "[default]\naws_access_key_id=OLD\naws_secret_access_key=s\n";
  const auto credentials = make();
  const auto old = current(*credentials);
  file = "[default]\naws_access_key_id=NEW\naws_secret_access_key=s\n";
  EXPECT_EQ(id(*credentials), "OLD");
  credentials->refused(*old);
  EXPECT_EQ(id(*credentials), "NEW");
  credentials->refused(*old);
  file = "[default]\naws_access_key_id=NEWER\naws_secret_access_key=s\n";
  EXPECT_EQ(id(*credentials), "NEW")
      << "what another request had already replaced is not dropped again";
}

TEST_F(AwsCredentialsTest, FindsTheRegionTheUsualWays) {
  EXPECT_EQ(make()->region(), "us-east-1");
  around_.files["/home/x/.aws/config"] = "[default]\nregion=r-profile\n[profile p]\nregion=r-p\n";
  EXPECT_EQ(make()->region(), "r-profile");
  AwsIdentity identity;
  identity.profile = "p";
  EXPECT_EQ(make(identity)->region(), "r-p");
  around_.variables["AWS_DEFAULT_REGION"] = "r-default";
  EXPECT_EQ(make()->region(), "r-default");
  around_.variables["AWS_REGION"] = "r-variable";
  EXPECT_EQ(make()->region(), "r-variable");
  identity.region = "r-own";
  EXPECT_EQ(make(identity)->region(), "r-own");
}

}  // namespace
}  // namespace billow::auth
