#pragma once

#include "base/civil_time.hpp"
#include "base/error.hpp"

#include <functional>
#include <optional>
#include <string>

namespace billow::auth {

/// What the process finds around it, so that tests can stand in for it. Copies are independent.
struct Environment {
  /// The value of an environment variable; nullopt where it is unset or empty.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  /// A small file as a whole: Errc::not_found where there is none, Errc::over_limit above 1 MiB.
  std::function<Result<std::string>(const std::string& path)> read_file;
  /// The time by which sessions end.
  std::function<UnixSeconds()> clock = now;

  /// The real one.
  static Environment of_process();
};

/// Where the variables put an AWS service: AWS_ENDPOINT_URL_<service>, else AWS_ENDPOINT_URL, else
/// "". https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
std::string configured_endpoint(const Environment& environment, const std::string& service);

}  // namespace billow::auth
