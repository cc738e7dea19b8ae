#include "elastic/sign_in.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace billow::elastic {
namespace {

class SignIn : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "billow-secret-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder_ + "/secret";
  }
  void TearDown() override {
    std::remove(path_.c_str());
    std::remove(folder_.c_str());
  }
  void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  SecretRef file() const {
    SecretRef ref;
    ref.file = path_;
    return ref;
  }
  static Config config(const std::string& url) {
    Config made;
    made.urls.push_back(*http::Url::parse(url));
    return made;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(SignIn, EncodesAKeyGivenAsIdAndSecretAndTakesAnEncodedOneAsItIs) {
  EXPECT_EQ(api_key_header("VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw"),
            "ApiKey VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==");
  EXPECT_EQ(api_key_header("VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="),
            "ApiKey VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==");
}

TEST_F(SignIn, EncodesUserAndPasswordAsBasic) {
  EXPECT_EQ(basic_header("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_header("u", "with:colon"), "Basic dTp3aXRoOmNvbG9u");
}

TEST_F(SignIn, ReadsASecretFromAFileWithoutItsNewline) {
  write("id:key\r\n");
  EXPECT_EQ(read_secret(file()).value(), "id:key");
  Config config = SignIn::config("https://es.example:9200");
  config.api_key = file();
  EXPECT_EQ(authorization_of(config).value(), api_key_header("id:key"));
}

TEST_F(SignIn, NamesTheFilesOfSecretsThatOthersMayRead) {
  write("id:key");
  Config config = SignIn::config("https://es.example:9200");
  config.api_key = file();
  config.tls.key_file = path_ + "-that-is-not-there";
  using std::filesystem::perms;
  std::filesystem::permissions(path_, perms::owner_read | perms::owner_write);
  EXPECT_TRUE(readable_by_others(config).empty());
  for (const perms more : {perms::group_read, perms::others_read}) {
    std::filesystem::permissions(path_, perms::owner_read | more);
    EXPECT_EQ(readable_by_others(config), std::vector<std::string>{path_});
  }
  const std::string folder = std::filesystem::path(path_).parent_path();
  ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  EXPECT_TRUE(readable_by_others(config).empty()) << "systemd guards it by an access list";
  ::setenv("CREDENTIALS_DIRECTORY", "/elsewhere", 1);
  EXPECT_FALSE(readable_by_others(config).empty());
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(SignIn, ReadsASecretFromTheEnvironment) {
  SecretRef ref;
  ref.env = "BILLOW_TEST_SECRET";
  ::setenv("BILLOW_TEST_SECRET", "hunter2", 1);
  EXPECT_EQ(read_secret(ref).value(), "hunter2");
  ::unsetenv("BILLOW_TEST_SECRET");
  const auto missing = read_secret(ref);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::bad_config);
  EXPECT_NE(missing.error().detail.find("BILLOW_TEST_SECRET"), std::string::npos);
}

TEST_F(SignIn, RefusesSecretsThatCannotBeRight) {
  EXPECT_FALSE(read_secret(file()));  // no such file
  for (const std::string& text : {std::string(), std::string("\n"), std::string("two\nlines"),
                                  std::string("a\0b", 3), std::string(secret_bytes_max + 1, 'x')}) {
    write(text);
    const auto secret = read_secret(file());
    ASSERT_FALSE(secret) << text.size();
    EXPECT_EQ(secret.error().code, Errc::bad_config);
  }
}

TEST_F(SignIn, NeverShowsTheSecretInAnError) {
  write("s3cr3t\nvalue");
  const auto secret = read_secret(file());
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().detail.find("s3cr3t"), std::string::npos);
}

TEST_F(SignIn, RefusesSecretsOverPlainHttpExceptOnLoopback) {
  Config remote = config("http://es.example:9200");
  EXPECT_TRUE(check_sign_in(remote));
  remote.api_key.env = "KEY";
  const auto refused = check_sign_in(remote);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::bad_config);
  EXPECT_NE(refused.error().detail.find("es.example:9200"), std::string::npos);

  Config local = config("http://127.0.0.1:9200");
  local.api_key.env = "KEY";
  EXPECT_TRUE(check_sign_in(local));
  local.urls.push_back(*http::Url::parse("http://es.example:9200"));
  EXPECT_FALSE(check_sign_in(local));
  Config secure = config("https://es.example:9200");
  secure.username = "u";
  secure.password.env = "PASSWORD";
  EXPECT_TRUE(check_sign_in(secure));
  secure.urls[0].tls = false;
  EXPECT_FALSE(check_sign_in(secure));
}

TEST_F(SignIn, RefusesHalfAWayAndTwoWays) {
  EXPECT_FALSE(check_sign_in(Config()));
  Config user_only = config("https://es.example");
  user_only.username = "u";
  EXPECT_FALSE(check_sign_in(user_only));
  Config both = config("https://es.example");
  both.username = "u";
  both.password.env = "P";
  both.api_key.env = "K";
  EXPECT_FALSE(check_sign_in(both));
}

TEST_F(SignIn, CompressesForTheNetworkOnly) {
  Config local = config("http://localhost:9200");
  EXPECT_FALSE(wants_gzip(local));
  local.compression = Compression::on;
  EXPECT_TRUE(wants_gzip(local));
  Config remote = config("https://es.example:9200");
  EXPECT_TRUE(wants_gzip(remote));
  remote.compression = Compression::off;
  EXPECT_FALSE(wants_gzip(remote));
}

}  // namespace
}  // namespace billow::elastic
