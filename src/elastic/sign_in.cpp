#include "elastic/sign_in.hpp"

#include <openssl/evp.h>

namespace billow::elastic {
namespace {

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock adds a NUL
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

std::string api_key_header(std::string_view key) {
  const bool encoded = key.find(':') == std::string_view::npos;  // no letter of base64
  return "ApiKey " + (encoded ? std::string(key) : base64(key));
}

std::string basic_header(std::string_view username, std::string_view password) {
  std::string pair(username);
  pair += ':';
  pair += password;
  return "Basic " + base64(pair);
}

Result<void> check_sign_in(const Config& config) {
  if (config.urls.empty()) return Error{Errc::bad_config, "elasticsearch: no url is given"};
  const bool by_key = !config.api_key.empty();
  const bool by_password = !config.username.empty() || !config.password.empty();
  if (by_key && by_password) {
    return Error{Errc::bad_config, "elasticsearch: give either api_key or username and password"};
  }
  if (by_password && (config.username.empty() || config.password.empty())) {
    return Error{Errc::bad_config, "elasticsearch: username and password belong together"};
  }
  if (config.username.find(':') != std::string::npos) {
    return Error{Errc::bad_config, "elasticsearch: a username cannot hold a colon"};
  }
  if (!by_key && !by_password) return {};
  for (const http::Url& url : config.urls) {
    if (url.tls || url.is_loopback()) continue;
    return Error{Errc::bad_config,
                 "elasticsearch: " + std::string(by_key ? "the API key" : "the password") +
                     " would cross the network in clear text to " + url.authority() +
                     "; use an https url"};
  }
  return {};
}

Result<std::string> authorization_of(const Config& config) {
  if (!config.api_key.empty()) {
    auto key = read_secret(config.api_key);
    if (!key) return within("elasticsearch api_key", key.error());
    return api_key_header(*key);
  }
  if (config.username.empty()) return std::string();
  auto password = read_secret(config.password);
  if (!password) return within("elasticsearch password", password.error());
  return basic_header(config.username, *password);
}

}  // namespace billow::elastic
