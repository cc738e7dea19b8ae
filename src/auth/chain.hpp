#pragma once

#include "auth/aws_profiles.hpp"
#include "auth/credentials.hpp"
#include "auth/environment.hpp"
#include "base/error.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

/// Where credentials come from, decided without touching the network: the order is botocore's.
/// https://docs.aws.amazon.com/boto3/latest/guide/credentials.html
namespace billow::auth {

struct Source;

/// Keys that are simply there.
struct StaticKeys {
  Credentials keys;
};
/// sts:AssumeRole with the credentials of another source.
struct AssumeRole {
  std::shared_ptr<const Source> base;
  std::string role_arn;
  std::string external_id;  ///< "" for none
  std::string session_name;
  int duration_s = 3600;
};
/// sts:AssumeRoleWithWebIdentity with a token that a platform renews in a file.
struct WebIdentity {
  std::string token_file;
  std::string role_arn;
  std::string session_name;
};
/// A program that prints credentials.
struct Process {
  std::string command;
};
/// The agent of a container platform (ECS, EKS pod identity).
struct Container {
  std::string url;
  std::string token_file;  ///< wins over `token`
  std::string token;
};
/// The metadata service of an EC2 instance, version 2.
struct InstanceMetadata {
  std::string endpoint;
};

/// One source, and what it is called in messages: "profile audit: source profile base: ...".
struct Source {
  std::variant<StaticKeys, AssumeRole, WebIdentity, Process, Container, InstanceMetadata> how;
  std::string origin;
};

/// The source that is to be used and why none before it was.
struct ChosenSource {
  Source source;
  std::vector<std::string> passed_over;  ///< "environment: AWS_ACCESS_KEY_ID is not set", ...
};

/// Picks the first source that is configured. `profile` is the one our configuration names, "" for
/// none: then AWS_PROFILE or "default". Errc::bad_config for a source that is configured but
/// unusable (half a key pair, a loop of profiles, a metadata address that is not allowed, SSO);
/// Errc::unauthorized with everything that was tried when there is no source at all.
Result<ChosenSource> choose_source(const std::string& profile, const Environment& environment,
                                   const AwsProfiles& profiles);

/// The profile that counts: `asked`, else AWS_PROFILE, else "default".
std::string profile_name(const std::string& asked, const Environment& environment);

/// The address a container's credentials are asked at. Plain http only to the machine itself and
/// the platforms' link-local agents: a token is sent there.
Result<std::string> container_url(const Environment& environment);

/// One sentence with all that was tried.
Error no_credentials(const std::vector<std::string>& passed_over);

}  // namespace billow::auth
