#include "auth/aws_profiles.hpp"

namespace billow::auth {
namespace {

/// `"a b"` and `'a b'` name the profile a b.
std::string unquoted(std::string_view name) {
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') &&
      name.front() == name.back()) {
    name = name.substr(1, name.size() - 2);
  }
  return std::string(name);
}

std::string path_of(const Environment& environment, const char* variable, const char* below_home) {
  const std::string home = environment.variable("HOME").value_or("");
  if (auto path = environment.variable(variable)) {
    return path->starts_with("~/") ? home + path->substr(1) : *path;
  }
  return home.empty() ? std::string() : home + below_home;
}

Result<IniFile> read_ini(const Environment& environment, const std::string& path) {
  if (path.empty()) return IniFile();
  auto text = environment.read_file(path);
  if (!text && text.error().code == Errc::not_found) return IniFile();
  if (!text) return Error{Errc::bad_config, text.error().detail};
  auto file = parse_ini(*text, path);
  if (!file) return Error{Errc::bad_config, file.error().detail};
  return file;
}

std::optional<std::string> find(const IniFile& file, const std::string& profile,
                                const std::string& key) {
  const auto section = file.find(profile);
  if (section == file.end()) return std::nullopt;
  const auto value = section->second.find(key);
  if (value == section->second.end() || value->second.empty()) return std::nullopt;
  return value->second;
}

}  // namespace

bool AwsProfiles::has(const std::string& profile) const {
  return config.contains(profile) || credentials.contains(profile);
}

std::optional<std::string> AwsProfiles::setting(const std::string& profile,
                                                const std::string& key) const {
  auto value = find(credentials, profile, key);
  return value ? value : find(config, profile, key);
}

IniFile profiles_of_config(const IniFile& file) {
  IniFile profiles;
  for (const auto& [name, section] : file) {
    if (name == "default") profiles.try_emplace(name, section);
    if (!name.starts_with("profile ") && !name.starts_with("profile\t")) continue;
    const auto first = name.find_first_not_of(" \t", 7);
    if (first == std::string::npos) continue;
    profiles[unquoted(std::string_view(name).substr(first))] = section;  // [profile default] wins
  }
  return profiles;
}

Result<AwsProfiles> read_profiles(const Environment& environment) {
  AwsProfiles profiles;
  profiles.config_path = path_of(environment, "AWS_CONFIG_FILE", "/.aws/config");
  profiles.credentials_path =
      path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  auto config = read_ini(environment, profiles.config_path);
  if (!config) return config.error();
  auto credentials = read_ini(environment, profiles.credentials_path);
  if (!credentials) return credentials.error();
  profiles.config = profiles_of_config(*config);
  profiles.credentials = std::move(*credentials);
  return profiles;
}

}  // namespace billow::auth
