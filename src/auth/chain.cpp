#include "auth/chain.hpp"

#include "http/client.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace billow::auth {
namespace {

constexpr int role_chain_max = 5;  ///< profiles that assume each other's roles
constexpr std::string_view default_session_name = "billow";

Error bad(std::string text) { return {Errc::bad_config, std::move(text)}; }

/// Decides for one set of files and variables.
class Chooser {
 public:
  Chooser(const std::string& profile, const Environment& environment, const AwsProfiles& profiles)
      : environment_(environment),
        profiles_(profiles),
        asked_(profile),
        profile_(profile_name(profile, environment)) {}

  Result<ChosenSource> choose() {
    // A profile that our configuration names counts more than variables that happen to be set.
    if (asked_.empty()) {
      auto keys = environment_keys();
      if (!keys) return keys.error();
      if (*keys) return chosen(std::move(**keys));
      pass("environment: AWS_ACCESS_KEY_ID is not set");
    }
    if (is_named() && !profiles_.has(profile_)) {
      return bad("profile '" + profile_ + "' is in neither " + profiles_.config_path + " nor " +
                 profiles_.credentials_path);
    }
    if (assumes_role(profile_)) {
      auto role = role_of(profile_, 0);
      if (!role) return role.error();
      return chosen(std::move(*role));
    }
    auto source = profile_source(profile_, asked_.empty());
    if (!source) return source.error();
    if (*source) return chosen(std::move(**source));
    auto container = container_source();
    if (!container) return container.error();
    if (*container) return chosen(std::move(**container));
    if (auto instance = instance_source()) return chosen(std::move(*instance));
    return no_credentials(passed_over_);
  }

 private:
  using Maybe = Result<std::optional<Source>>;  ///< nullopt: not configured

  void pass(std::string why) { passed_over_.push_back(std::move(why)); }
  ChosenSource chosen(Source source) { return {std::move(source), std::move(passed_over_)}; }
  std::optional<std::string> variable(const char* name) const {
    return environment_.variable(name);
  }
  std::string setting(const std::string& profile, const char* key) const {
    return profiles_.setting(profile, key).value_or("");
  }
  bool is_named() const {
    return !asked_.empty() || variable("AWS_PROFILE") || variable("AWS_DEFAULT_PROFILE");
  }

  Maybe environment_keys() const {
    const auto id = variable("AWS_ACCESS_KEY_ID");
    if (!id) return std::optional<Source>();
    const auto secret = variable("AWS_SECRET_ACCESS_KEY");
    if (!secret) return bad("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
    Credentials keys;
    keys.access_key_id = *id;
    keys.secret_access_key = *secret;
    keys.session_token =
        variable("AWS_SESSION_TOKEN").value_or(variable("AWS_SECURITY_TOKEN").value_or(""));
    return std::optional<Source>(Source{StaticKeys{std::move(keys)}, "environment variables"});
  }

  bool assumes_role(const std::string& profile) const {
    return !setting(profile, "role_arn").empty() &&
           setting(profile, "web_identity_token_file").empty();
  }

  Result<Source> role_of(const std::string& profile, int depth) {
    const std::string origin = "profile " + profile;
    if (depth == role_chain_max) return bad(origin + ": source_profile leads in a circle");
    const std::string source_profile = setting(profile, "source_profile");
    const std::string credential_source = setting(profile, "credential_source");
    if (source_profile.empty() == credential_source.empty()) {
      return bad(origin + ": role_arn needs one of source_profile and credential_source");
    }
    if (!setting(profile, "mfa_serial").empty()) {
      return bad(origin +
                 ": mfa_serial asks a person for a code; a daemon cannot use this profile");
    }
    AssumeRole role;
    role.role_arn = setting(profile, "role_arn");
    role.external_id = setting(profile, "external_id");
    role.session_name = setting(profile, "role_session_name");
    if (role.session_name.empty()) role.session_name = default_session_name;
    const std::string duration = setting(profile, "duration_seconds");
    if (!duration.empty()) {
      const char* const end = duration.data() + duration.size();
      const auto [stop, ec] = std::from_chars(duration.data(), end, role.duration_s);
      if (ec != std::errc{} || stop != end || role.duration_s < 900 || role.duration_s > 43'200) {
        return bad(origin + ": duration_seconds must be a number from 900 to 43200");
      }
    }
    auto base = source_profile.empty() ? named_source(credential_source, origin)
                                       : source_of(source_profile, profile, depth);
    if (!base) return base.error();
    role.base = std::make_shared<const Source>(std::move(*base));
    return Source{std::move(role), origin};
  }

  /// The credentials behind source_profile: its own, or those of the role it assumes in turn.
  Result<Source> source_of(const std::string& profile, const std::string& user, int depth) {
    if (!profiles_.has(profile))
      return bad("profile " + user + ": there is no source_profile '" + profile + "'");
    // A profile may name itself as source: then its static keys are meant.
    const bool has_keys = !setting(profile, "aws_access_key_id").empty();
    if (assumes_role(profile) && !(has_keys && profile == user)) return role_of(profile, depth + 1);
    Chooser plain(profile, environment_, profiles_);
    auto source = plain.profile_source(profile, false);
    if (!source) return source.error();
    if (!*source)
      return bad("profile " + user + ": source_profile '" + profile + "' holds no credentials");
    return std::move(**source);
  }

  Result<Source> named_source(const std::string& name, const std::string& origin) {
    if (name == "Environment") {
      auto keys = environment_keys();
      if (!keys) return keys.error();
      if (!*keys)
        return bad(origin + ": credential_source Environment, but AWS_ACCESS_KEY_ID is not set");
      return std::move(**keys);
    }
    if (name == "EcsContainer") {
      auto container = container_source();
      if (!container) return container.error();
      if (!*container)
        return bad(origin + ": credential_source EcsContainer, but this is not such a container");
      return std::move(**container);
    }
    if (name == "Ec2InstanceMetadata") {
      if (auto instance = instance_source()) return std::move(*instance);
      return bad(origin +
                 ": credential_source Ec2InstanceMetadata, but AWS_EC2_METADATA_DISABLED is true");
    }
    return bad(origin + ": credential_source '" + name + "' is unknown");
  }

  /// What a profile itself holds, in botocore's order, without a role that has to be assumed first.
  Maybe profile_source(const std::string& profile, bool with_environment) {
    auto identity = web_identity(profile, with_environment);
    if (!identity || *identity) return identity;
    for (const char* key : {"sso_session", "sso_start_url", "sso_account_id"}) {
      if (setting(profile, key).empty()) continue;
      return bad("profile " + profile +
                 " signs in by SSO (IAM Identity Center), which is not supported: " +
                 "use a role, keys or credential_process");
    }
    auto shared = keys_of(profiles_.credentials, profile, profiles_.credentials_path);
    if (!shared || *shared) return shared;
    const std::string command = setting(profile, "credential_process");
    if (!command.empty()) {
      return std::optional<Source>(
          Source{Process{command}, "credential_process of profile " + profile});
    }
    auto configured = keys_of(profiles_.config, profile, profiles_.config_path);
    if (!configured || *configured) return configured;
    pass("profile " + profile + ": no keys, role or credential_process in " +
         profiles_.credentials_path + " or " + profiles_.config_path);
    return std::optional<Source>();
  }

  Maybe web_identity(const std::string& profile, bool with_environment) {
    const auto value = [&](const char* name, const char* key) {
      auto found = with_environment ? variable(name) : std::nullopt;
      return found ? *found : setting(profile, key);
    };
    WebIdentity identity;
    identity.token_file = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    if (identity.token_file.empty()) {
      if (with_environment) pass("web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
      return std::optional<Source>();
    }
    identity.role_arn = value("AWS_ROLE_ARN", "role_arn");
    if (identity.role_arn.empty())
      return bad("a web identity token file is configured, but no role (AWS_ROLE_ARN)");
    identity.session_name = value("AWS_ROLE_SESSION_NAME", "role_session_name");
    if (identity.session_name.empty()) identity.session_name = default_session_name;
    return std::optional<Source>(Source{std::move(identity), "web identity"});
  }

  static Maybe keys_of(const IniFile& file, const std::string& profile, const std::string& path) {
    const auto section = file.find(profile);
    if (section == file.end()) return std::optional<Source>();
    const auto value = [&](const char* key) {
      const auto it = section->second.find(key);
      return it == section->second.end() ? std::string() : it->second;
    };
    Credentials keys;
    keys.access_key_id = value("aws_access_key_id");
    keys.secret_access_key = value("aws_secret_access_key");
    keys.session_token = value("aws_session_token");
    if (keys.session_token.empty()) keys.session_token = value("aws_security_token");
    if (keys.access_key_id.empty()) return std::optional<Source>();
    if (keys.secret_access_key.empty()) {
      return bad("profile " + profile + " in " + path +
                 " has aws_access_key_id, but no aws_secret_access_key");
    }
    return std::optional<Source>(
        Source{StaticKeys{std::move(keys)}, "profile " + profile + " in " + path});
  }

  Maybe container_source() {
    if (!variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") &&
        !variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      pass("container: AWS_CONTAINER_CREDENTIALS_*_URI is not set");
      return std::optional<Source>();
    }
    auto url = container_url(environment_);
    if (!url) return url.error();
    Container container;
    container.url = std::move(*url);
    container.token_file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or("");
    container.token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
    return std::optional<Source>(Source{std::move(container), "container credentials"});
  }

  std::optional<Source> instance_source() {
    std::string disabled = variable("AWS_EC2_METADATA_DISABLED").value_or("");
    std::ranges::transform(disabled, disabled.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (disabled == "true") {
      pass("instance metadata: AWS_EC2_METADATA_DISABLED is true");
      return std::nullopt;
    }
    const bool ipv6 = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("") == "ipv6" ||
                      variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("") == "IPv6";
    InstanceMetadata instance;
    instance.endpoint = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                            .value_or(ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
    return Source{std::move(instance), "instance metadata"};
  }

  const Environment& environment_;
  const AwsProfiles& profiles_;
  std::string asked_;
  std::string profile_;
  std::vector<std::string> passed_over_;
};

}  // namespace

std::string profile_name(const std::string& asked, const Environment& environment) {
  if (!asked.empty()) return asked;
  if (auto name = environment.variable("AWS_PROFILE")) return *name;
  if (auto name = environment.variable("AWS_DEFAULT_PROFILE")) return *name;
  return "default";
}

Result<std::string> container_url(const Environment& environment) {
  if (const auto relative = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    std::string text = "http://169.254.170.2" + *relative;
    if (!relative->starts_with('/') || !http::Url::parse(text)) {
      return bad("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path");
    }
    return text;
  }
  std::string text = environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or("");
  const auto url = http::Url::parse(text);
  if (!url) return within("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.error());
  static constexpr std::array<std::string_view, 3> agents = {"169.254.170.2", "169.254.170.23",
                                                             "fd00:ec2::23"};
  if (!url->tls && !url->is_loopback() && std::ranges::find(agents, url->host) == agents.end()) {
    return bad(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI: plain http is allowed to this machine and to the "
        "agents of "
        "ECS and EKS only, not to " +
        url->host);
  }
  return text;
}

Error no_credentials(const std::vector<std::string>& passed_over) {
  std::string text = "no AWS credentials found; tried";
  for (const std::string& step : passed_over) text += (text.ends_with("tried") ? " " : "; ") + step;
  return {Errc::unauthorized, std::move(text)};
}

Result<ChosenSource> choose_source(const std::string& profile, const Environment& environment,
                                   const AwsProfiles& profiles) {
  return Chooser(profile, environment, profiles).choose();
}

}  // namespace billow::auth
