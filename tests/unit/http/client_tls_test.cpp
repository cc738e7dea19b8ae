#include "http/client.hpp"
#include "unit/http/certificates.hpp"
#include "unit/http/scripted_server.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace billow::http {
namespace {

using test::http_answer;
using test::Identity;
using test::Peer;
using test::ScriptedServer;

Identity::Wish authority_wish() {
  Identity::Wish wish;
  wish.is_authority = true;
  return wish;
}

class ClientTlsTest : public testing::Test {
 protected:
  ClientTlsTest() : authority_(authority_wish()) {
    options_.tls.ca_file = folder_.write("ca.pem", authority_.certificate_pem());
  }
  Identity issued(std::string name, long ends_s = 3600) {
    Identity::Wish wish;
    wish.name = std::move(name);
    wish.starts_s = -7200;
    wish.ends_s = ends_s;
    wish.issuer = &authority_;
    return Identity(wish);
  }
  Result<Response> get(ssl_ctx_st* tls, const std::string& host = "127.0.0.1") {
    ScriptedServer server(
        {ScriptedServer::answering([](const std::string&) { return http_answer("ok"); })}, tls);
    Client client(options_);
    return test::run(context_,
                     client.send(Request("GET", *Url::parse("https://" + host + ":" +
                                                            std::to_string(server.port()) + "/"))));
  }
  void expect_refused(const Result<Response>& response, const std::string& why) {
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::unauthorized) << response.error().detail;
    EXPECT_NE(response.error().detail.find(why), std::string::npos) << response.error().detail;
  }

  boost::asio::io_context context_;
  test::TemporaryFolder folder_;
  Identity authority_;
  ClientOptions options_;
};

TEST_F(ClientTlsTest, TalksToAServerItsAuthorityVouchesFor) {
  const auto tls = server_context(issued("127.0.0.1"));
  const auto response = get(tls.get());
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "ok");
}

TEST_F(ClientTlsTest, SendsBodiesOfManyRecords) {
  const auto tls = server_context(issued("127.0.0.1"));
  for (const std::size_t size : {1u, 16u << 10, 237'720u, 5u << 20}) {
    ScriptedServer server({ScriptedServer::answering([](const std::string& request) {
                            return http_answer(request.substr(request.find("\r\n\r\n") + 4));
                          })},
                          tls.get());
    Client client(options_);
    Request request("POST", *Url::parse("https://127.0.0.1:" + std::to_string(server.port())));
    std::string sent(size, 'x');
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i % 23);
    request.body = std::make_shared<const std::string>(sent);
    const auto response = test::run(context_, client.send(std::move(request)));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_TRUE(response->body == sent) << size;
  }
}

TEST_F(ClientTlsTest, ChecksANameAsWellAsAnAddress) {
  const auto tls = server_context(issued("localhost"));
  const auto response = get(tls.get(), "localhost");
  ASSERT_TRUE(response) << response.error().detail;
}

TEST_F(ClientTlsTest, SendsTheNameItWants) {
  const auto tls = server_context(issued("localhost"));
  std::string name;
  SSL_CTX_set_tlsext_servername_callback(
      tls.get(), +[](SSL* session, int*, void* out) {
        const char* const asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
        *static_cast<std::string*>(out) = asked != nullptr ? asked : "";
        return SSL_TLSEXT_ERR_OK;
      });
  SSL_CTX_set_tlsext_servername_arg(tls.get(), &name);
  EXPECT_TRUE(get(tls.get(), "localhost"));
  EXPECT_EQ(name, "localhost");
}

TEST_F(ClientTlsTest, RefusesAnAuthorityItDoesNotKnow) {
  const Identity stranger(authority_wish());
  Identity::Wish wish;
  wish.issuer = &stranger;
  const auto tls = server_context(Identity(wish));
  expect_refused(get(tls.get()), "unable to get local issuer certificate");
}

TEST_F(ClientTlsTest, RefusesASelfSignedCertificate) {
  const auto tls = server_context(Identity(Identity::Wish()));
  expect_refused(get(tls.get()), "self-signed");
}

TEST_F(ClientTlsTest, RefusesTheSystemsStrangers) {
  options_.tls.ca_file.clear();
  const auto tls = server_context(issued("127.0.0.1"));
  expect_refused(get(tls.get()), "unable to get local issuer certificate");
}

TEST_F(ClientTlsTest, RefusesACertificateOfAnotherHost) {
  const auto name = server_context(issued("example.com"));
  expect_refused(get(name.get(), "localhost"), "hostname mismatch");
  const auto address = server_context(issued("127.0.0.2"));
  expect_refused(get(address.get()), "IP address mismatch");
}

TEST_F(ClientTlsTest, RefusesAnExpiredCertificate) {
  const auto tls = server_context(issued("127.0.0.1", -60));
  expect_refused(get(tls.get()), "expired");
}

TEST_F(ClientTlsTest, RefusesVersionsBeforeTls12) {
  const auto tls = server_context(issued("127.0.0.1"));
  SSL_CTX_set_security_level(tls.get(), 0);
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
  const auto response = get(tls.get());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::transient) << response.error().detail;
}

TEST_F(ClientTlsTest, IdentifiesItselfWhereItIsAsked) {
  const Identity us = issued("billow");
  options_.tls.certificate_file = folder_.write("us.pem", us.certificate_pem());
  options_.tls.key_file = folder_.write("us.key", us.key_pem());
  const auto tls = server_context(issued("127.0.0.1"), &authority_);
  const auto response = get(tls.get());
  ASSERT_TRUE(response) << response.error().detail;
}

TEST_F(ClientTlsTest, SaysThatItsOwnCertificateIsMissing) {
  const auto tls = server_context(issued("127.0.0.1"), &authority_);
  const auto response = get(tls.get());
  expect_refused(response, "client certificate");
}

TEST_F(ClientTlsTest, NamesAFileThatItCannotUse) {
  const auto tls = server_context(issued("127.0.0.1"));
  options_.tls.ca_file = "/nowhere/ca.pem";
  auto response = get(tls.get());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::bad_config);
  EXPECT_NE(response.error().detail.find("/nowhere/ca.pem"), std::string::npos);
  options_.tls.ca_file = folder_.write("ca.pem", authority_.certificate_pem());
  options_.tls.certificate_file = folder_.write("us.pem", issued("us").certificate_pem());
  options_.tls.key_file = folder_.write("other.key", issued("us").key_pem());
  response = get(tls.get());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::bad_config) << response.error().detail;
}

TEST_F(ClientTlsTest, NeverTalksPlainlyToAPortThatDoesNotSpeakTls) {
  std::string seen;
  {
    ScriptedServer server({[&](Peer& peer) {
      seen = peer.read_request();
      peer.wait_for_close();
    }});
    ClientOptions options = options_;
    options.connect_timeout = std::chrono::milliseconds(200);
    Client client(options);
    const auto url = Url::parse("https://127.0.0.1:" + std::to_string(server.port()) + "/secret");
    const auto response = test::run(context_, client.send(Request("GET", *url)));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::transient);
  }
  EXPECT_EQ(seen, "");
}

TEST_F(ClientTlsTest, DoesNotTakeACutForTheEndOfABody) {
  const auto tls = server_context(issued("127.0.0.1"));
  SSL_CTX_set_quiet_shutdown(tls.get(), 1);  // closes without close_notify, as an attacker would
  ScriptedServer server({[](Peer& peer) {
                          peer.read_request();
                          peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf");
                        }},
                        tls.get());
  Client client(options_);
  const auto response = test::run(context_, client.send(Request("GET", *Url::parse(server.url()))));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::transient) << response.error().detail;
}

TEST_F(ClientTlsTest, KeepsAndReplacesConnectionsAsWithoutTls) {
  const auto tls = server_context(issued("127.0.0.1"));
  ScriptedServer server(
      {[](Peer& peer) {
         peer.read_request();
         peer.answer("1");
         peer.read_request();
         peer.answer("2");
         peer.read_request();  // ... and closes
       },
       ScriptedServer::answering([](const std::string&) { return http_answer("3"); })},
      tls.get());
  Client client(options_);
  for (const char* body : {"1", "2", "3"}) {
    const auto response =
        test::run(context_, client.send(Request("GET", *Url::parse(server.url()))));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, body);
  }
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace billow::http
