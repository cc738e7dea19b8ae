#pragma once

#include "auth/environment.hpp"
#include "auth/ini.hpp"

#include <optional>
#include <string>

namespace billow::auth {

/// The profiles of the shared configuration files.
/// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
struct AwsProfiles {
  IniFile config;       ///< of ~/.aws/config, by profile name
  IniFile credentials;  ///< of ~/.aws/credentials, by profile name
  std::string config_path;
  std::string credentials_path;

  bool has(const std::string& profile) const;
  /// A setting of a profile; the credentials file wins over the config file. nullopt: unset or
  /// empty.
  std::optional<std::string> setting(const std::string& profile, const std::string& key) const;
};

/// Names of config sections become profile names: "default", "profile x"; other sections are left
/// out.
IniFile profiles_of_config(const IniFile& file);

/// Reads both files, where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE or the home directory
/// have them. A missing file is an empty one; one that cannot be read or understood is
/// Errc::bad_config.
Result<AwsProfiles> read_profiles(const Environment& environment);

}  // namespace billow::auth
