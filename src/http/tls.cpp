#include "http/tls.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace billow::http {

namespace ssl = boost::asio::ssl;

namespace {

Error cannot_use(const std::string& file, const char* what, const boost::system::error_code& ec) {
  ERR_clear_error();
  return {Errc::bad_config, "cannot use " + file + " as " + what + ": " + ec.message()};
}

Result<void> identify_as(ssl::context& context, const TlsOptions& options) {
  boost::system::error_code ec;
  // An encrypted key would make OpenSSL ask on the terminal, where nobody sits.
  context.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); }, ec);
  context.use_certificate_chain_file(options.certificate_file, ec);
  if (ec) return cannot_use(options.certificate_file, "client certificate", ec);
  const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  context.use_private_key_file(key, ssl::context::pem, ec);
  if (ec) return cannot_use(key, "client key", ec);
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    ERR_clear_error();
    return Error{Errc::bad_config, key + " is not the key of " + options.certificate_file};
  }
  return {};
}

/// The peer's alerts that mean "I do not accept your certificate".
bool is_certificate_alert(int reason) noexcept {
  switch (reason) {
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsOptions& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code ec;
  context->set_verify_mode(ssl::verify_peer, ec);
  if (options.ca_file.empty()) {
    context->set_default_verify_paths(ec);
    if (ec) return cannot_use("the system's certificates", "authorities", ec);
  } else {
    context->load_verify_file(options.ca_file, ec);
    if (ec) return cannot_use(options.ca_file, "certificate authority", ec);
  }
  if (!options.certificate_file.empty()) {
    if (auto identified = identify_as(*context, options); !identified) return identified.error();
  } else if (!options.key_file.empty()) {
    return Error{Errc::bad_config, "a client key needs a client certificate beside it"};
  }
  return context;
}

Result<void> check_tls(const TlsOptions& options) {
  if (auto made = make_tls_context(options); !made) return made.error();
  return {};
}

Result<void> expect_host(SSL* session, const std::string& host) {
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  X509_VERIFY_PARAM* const rules = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = not_an_address
                       ? X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
                             SSL_set_tlsext_host_name(session, host.c_str()) == 1
                       : X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  if (!set) {
    ERR_clear_error();
    return Error{Errc::bad_config, "'" + host + "' cannot be a name in a certificate"};
  }
  return {};
}

Error tls_error(SSL* session, const std::string& peer, const boost::system::error_code& ec) {
  const long verdict = SSL_get_verify_result(session);
  if (verdict != X509_V_OK) {
    return {Errc::unauthorized, "the certificate of " + peer +
                                    " is refused: " + X509_verify_cert_error_string(verdict)};
  }
  const bool alert = ec.category() == boost::asio::error::get_ssl_category() &&
                     is_certificate_alert(ERR_GET_REASON(static_cast<unsigned long>(ec.value())));
  if (alert) {
    return {Errc::unauthorized, peer + " does not accept our client certificate: " + ec.message()};
  }
  return {Errc::transient, "TLS with " + peer + " failed: " + ec.message()};
}

}  // namespace billow::http
