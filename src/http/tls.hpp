#pragma once

#include "base/error.hpp"
#include "http/client.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace billow::http {

/// A context that verifies the peer, with TLS 1.2 as the oldest version. Errc::bad_config names the
/// file that cannot be used. Made once per client: loading the system's authorities takes
/// milliseconds.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

/// Demands that the certificate is for `host` (a name or an IP address) and sends the name as SNI.
Result<void> expect_host(SSL* session, const std::string& host);

/// Says why a handshake or a read over TLS failed: unauthorized when a certificate was refused by
/// us or by the peer, otherwise transient.
Error tls_error(SSL* session, const std::string& peer, const boost::system::error_code& ec);

}  // namespace billow::http
