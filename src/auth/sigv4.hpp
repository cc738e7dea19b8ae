#pragma once

#include "auth/credentials.hpp"
#include "base/civil_time.hpp"
#include "http/client.hpp"

#include <string>
#include <string_view>

namespace billow::auth {

/// For whom and when a signature is valid.
struct SigningScope {
  std::string service;  ///< "s3", "sts", ...
  std::string region;
  UnixSeconds time = 0;
};

/// Signs by AWS Signature Version 4: adds x-amz-date, x-amz-security-token for temporary
/// credentials, for S3 x-amz-content-sha256, and authorization, replacing what an earlier call
/// added. Every other header that is there is signed too. The target's path and query are signed as
/// they go on the wire and have to be encoded as AWS wants it (http::percent_encode).
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
void sign(http::Request& request, const Credentials& credentials, const SigningScope& scope);

/// The text whose digest is signed; for tests and diagnosis. Holds a session token, so it is never
/// logged.
std::string canonical_request(const http::Request& request, std::string_view service);

/// SHA-256 in lower-case hexadecimal.
std::string sha256_hex(std::string_view bytes);

}  // namespace billow::auth
