#include "auth/aws_credentials.hpp"

#include "auth/chain.hpp"
#include "auth/command_line.hpp"
#include "auth/metadata.hpp"
#include "auth/run_process.hpp"
#include "auth/session_json.hpp"
#include "auth/sigv4.hpp"
#include "auth/sts.hpp"
#include "base/deadline.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace billow::auth {

namespace asio = boost::asio;

namespace {

constexpr int sts_attempts_max = 3;
constexpr std::chrono::milliseconds sts_pause{300};
/// After a renewal that failed or brought no session that lasts longer: not with every request
/// again.
constexpr UnixSeconds renewal_pause_s = 60;

std::string_view without_blanks(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

class AwsCredentials::Impl {
 public:
  Impl(AwsIdentity identity, http::ClientOptions options, Environment environment)
      : identity_(std::move(identity)),
        environment_(std::move(environment)),
        client_(std::move(options)) {}

  Task<Credentials> current() {
    while (!is_good(advisory_refresh_s()) && environment_.clock() >= quiet_until_) {
      if (!renewing_) co_return co_await renew();
      if (is_good(mandatory_refresh_s())) break;  // good enough while somebody else renews
      co_await wait_for_renewal();
    }
    if (current_) co_return *current_;
    co_return co_await renew();
  }

  void refused(const Credentials& credentials) {
    if (current_ == credentials) current_.reset();
    quiet_until_ = 0;
  }

  std::string region() const {
    if (!identity_.region.empty()) return identity_.region;
    for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      if (auto value = environment_.variable(name)) return *value;
    }
    if (auto profiles = read_profiles(environment_)) {
      if (auto value = profiles->setting(profile_name(identity_.profile, environment_), "region"))
        return *value;
    }
    return "us-east-1";
  }

 private:
  /// Ends a renewal, however it ends, and wakes those who wait for it.
  struct Renewal {
    Renewal(Impl& owner_, asio::any_io_executor executor)
        : owner(owner_), done(std::make_shared<asio::steady_timer>(std::move(executor))) {
      done->expires_at(asio::steady_timer::time_point::max());
      owner.renewing_ = done;
    }
    ~Renewal() {
      owner.renewing_.reset();
      done->cancel();
    }
    Renewal(const Renewal&) = delete;
    Renewal& operator=(const Renewal&) = delete;
    Impl& owner;
    std::shared_ptr<asio::steady_timer> done;
  };

  bool is_good(UnixSeconds left_s) const {
    return current_ &&
           (!current_->expires_at || *current_->expires_at - environment_.clock() > left_s);
  }
  UnixSeconds advisory_refresh_s() const { return std::min(advisory_refresh_s_max, life_s_ / 4); }
  UnixSeconds mandatory_refresh_s() const { return std::min(mandatory_refresh_s_max, life_s_ / 8); }

  asio::awaitable<void> wait_for_renewal() {
    const std::shared_ptr<asio::steady_timer> done = renewing_;
    boost::system::error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await done->async_wait(token);
  }

  Task<Credentials> renew() {
    const Renewal renewal(*this, co_await asio::this_coro::executor);
    auto fresh = co_await obtain_chosen();
    if (fresh) {
      take(*fresh);
      co_return fresh;
    }
    if (!is_good(mandatory_refresh_s())) co_return fresh;
    quiet_until_ = environment_.clock() + renewal_pause_s;
    co_return *current_;
  }

  void take(const Credentials& fresh) {
    // Metadata services hand out one session until shortly before its end.
    const bool lasts_longer = !current_ || !current_->expires_at || !fresh.expires_at ||
                              *fresh.expires_at > *current_->expires_at;
    current_ = fresh;
    const UnixSeconds time = environment_.clock();
    if (lasts_longer)
      life_s_ = fresh.expires_at ? std::max<UnixSeconds>(*fresh.expires_at - time, 0) : 0;
    // What is over when it arrives is so by our clock only: the service that is asked will tell.
    quiet_until_ = lasts_longer && is_good(advisory_refresh_s()) ? 0 : time + renewal_pause_s;
  }

  Task<Credentials> obtain_chosen() {
    auto profiles = read_profiles(environment_);
    if (!profiles) co_return within("AWS credentials", profiles.error());
    auto chosen = choose_source(identity_.profile, environment_, *profiles);
    if (!chosen) co_return chosen.error();
    Source source = std::move(chosen->source);
    if (!identity_.role_arn.empty()) {
      AssumeRole role;
      role.role_arn = identity_.role_arn;
      role.external_id = identity_.external_id;
      role.session_name = identity_.role_session_name;
      role.base = std::make_shared<const Source>(std::move(source));
      source = Source();
      source.how = std::move(role);
      source.origin = "role " + identity_.role_arn;
    }
    auto session = co_await obtain(source);
    if (session) co_return session;
    // Instance metadata is what is left when nothing is configured: its failure means that there is
    // nothing.
    if (std::holds_alternative<InstanceMetadata>(source.how)) {
      chosen->passed_over.push_back("instance metadata: " + session.error().detail);
      co_return no_credentials(chosen->passed_over);
    }
    co_return within("AWS credentials: " + source.origin, session.error());
  }

  Task<Credentials> obtain(Source source) {
    if (const auto* keys = std::get_if<StaticKeys>(&source.how)) co_return keys->keys;
    if (auto* role = std::get_if<AssumeRole>(&source.how))
      co_return co_await assume(std::move(*role));
    if (auto* identity = std::get_if<WebIdentity>(&source.how))
      co_return co_await assume(std::move(*identity));
    if (auto* process = std::get_if<Process>(&source.how))
      co_return co_await run(std::move(process->command));
    if (auto* container = std::get_if<Container>(&source.how)) {
      co_return co_await container_credentials(client_, environment_, std::move(*container));
    }
    co_return co_await instance_credentials(
        client_, std::get<InstanceMetadata>(std::move(source.how)), MetadataPatience());
  }

  Task<Credentials> assume(AssumeRole role) {
    auto base = co_await obtain(*role.base);
    if (!base) co_return within(role.base->origin, base.error());
    const std::string signing_region = region();
    auto url = sts_url(sts_endpoint(), signing_region);
    if (!url) co_return url.error();
    Error error{Errc::transient, "STS was not asked"};
    for (int attempt = 0; attempt < sts_attempts_max; ++attempt) {
      if (attempt > 0) co_await sleep_for(sts_pause * attempt);
      http::Request request = assume_role_request(*url, role);
      SigningScope scope;
      scope.service = "sts";
      scope.region = signing_region;
      scope.time = now();
      sign(request, *base, scope);
      auto session = co_await call_sts(std::move(request));
      if (session) co_return session;
      error = session.error();
      if (!retryable(error.code)) break;
    }
    co_return within(role.role_arn, error);
  }

  Task<Credentials> assume(WebIdentity identity) {
    auto url = sts_url(sts_endpoint(), region());
    if (!url) co_return url.error();
    Error error{Errc::transient, "STS was not asked"};
    for (int attempt = 0; attempt < sts_attempts_max; ++attempt) {
      if (attempt > 0) co_await sleep_for(sts_pause * attempt);
      // Read each time: the platform replaces the token, and an expired one is the usual reason to
      // be here.
      auto token = environment_.read_file(identity.token_file);
      if (!token) co_return token.error();
      http::Request request = web_identity_request(*url, identity, without_blanks(*token));
      auto session = co_await call_sts(std::move(request));
      if (session) co_return session;
      error = session.error();
      if (!retryable(error.code)) break;
    }
    co_return within(identity.role_arn, error);
  }

  Task<Credentials> call_sts(http::Request request) {
    auto response = co_await client_.send(std::move(request));
    if (!response) co_return response.error();
    co_return parse_sts_answer(*response);
  }

  Task<Credentials> run(std::string command) {
    auto words = split_command(command);
    if (!words) co_return words.error();
    auto output = co_await run_process(std::move(*words), ProcessLimits());
    if (!output) co_return output.error();
    co_return parse_session_json(*output, SessionJson::process);
  }

  std::string sts_endpoint() const {
    if (!identity_.sts_endpoint.empty()) return identity_.sts_endpoint;
    return configured_endpoint(environment_, "STS");
  }

  AwsIdentity identity_;
  Environment environment_;
  http::Client client_;
  std::optional<Credentials> current_;
  UnixSeconds life_s_ = 0;       ///< what the current session had left when it was handed out first
  UnixSeconds quiet_until_ = 0;  ///< no renewal before, after one that brought nothing
  std::shared_ptr<asio::steady_timer> renewing_;  ///< null: nobody renews
};

AwsCredentials::AwsCredentials(AwsIdentity identity, http::ClientOptions options,
                               Environment environment)
    : impl_(std::make_unique<Impl>(std::move(identity), std::move(options),
                                   std::move(environment))) {}
AwsCredentials::~AwsCredentials() = default;
Task<Credentials> AwsCredentials::current() { return impl_->current(); }
void AwsCredentials::refused(const Credentials& credentials) { impl_->refused(credentials); }
std::string AwsCredentials::region() const { return impl_->region(); }

}  // namespace billow::auth
