#pragma once

#include "base/civil_time.hpp"
#include "base/error.hpp"
#include "feed/feed_config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Elastic Cloud's billing API: which days are asked for and by which URLs, and what an answer that
/// is not a bill means. Pure functions.
/// https://www.elastic.co/docs/api/doc/cloud-billing/operation/operation-getcostsbyinstancesv2
namespace billow::feed {

/// The oldest month that costs can be asked for; Elastic's own integration asks for none before.
inline constexpr std::string_view elastic_cloud_since_min = "2021-01";

/// A month that is asked for.
struct ElasticCloudMonth {
  std::string period;  ///< "2026-06"
  /// It ended so long ago that it is only asked for on request. Elastic names no day from which its
  /// figures stay; they have been seen to change for days, and the invoice is made at the start of
  /// the next month. So a month is followed until the whole next one is over, and a few days more.
  bool settled = false;
};
inline constexpr std::int64_t elastic_cloud_settled_days = 35;  ///< after the end of a month

/// The months from `since` to the one `now` lies in, oldest first, of which at least a day is over.
std::vector<ElasticCloudMonth> elastic_cloud_months(std::string_view since, UnixSeconds now);

/// What the days of a month are called: "instances/2026-06".
std::string elastic_cloud_prefix(std::string_view period);
/// What the answer about a day is called: "instances/2026-06-01.json". `day`: its first second.
std::string elastic_cloud_key(UnixSeconds day);
/// The first second of the day that a key names; nullopt for anything else.
std::optional<UnixSeconds> elastic_cloud_day(std::string_view key);
/// The keys that begin with `prefix`, of the days that are over at `now`, oldest first. The prefix
/// is that of a month, or longer; Errc::rejected for any other. A day that is not over is not asked
/// for: its end lies in the future, and what was answered would be taken for the whole day.
Result<std::vector<std::string>> elastic_cloud_keys(std::string_view prefix, UnixSeconds now);

/// True for what can be an organisation's id: letters, digits, '-' and '_', at most 64.
bool is_elastic_cloud_organization(std::string_view id);
/// Path and query of the request for the costs of one UTC day, its first second given.
std::string elastic_cloud_target(std::string_view organization, UnixSeconds day);

/// What one ECU costs in a month; "" where the configuration tells no price for it.
std::string ecu_price_of(const ElasticCloudConfig& config, std::string_view period);
/// At what price charges of a month are made of what is answered: "1 ECU = 1 USD".
std::string elastic_cloud_terms(const ElasticCloudConfig& config, std::string_view period);

/// What an answer says that is not the bill asked for.
struct ElasticCloudRefusal {
  int status = 0;
  std::string_view body;      ///< may be empty, cut, or no JSON at all
  std::string_view location;  ///< header Location
};
/// The error of a refusal: status, the codes and messages of its body, and how to mend it, with the
/// organisation's name. 408, 425, 429 and 5xx are retryable; 401 and 403 are unauthorized, 404 is
/// not_found, and everything else is rejected.
Error elastic_cloud_error(std::string_view organization, const ElasticCloudRefusal& refusal);
/// An answer of status 200 that does not even begin as JSON, such as the page of a proxy:
/// Errc::malformed.
Result<void> check_elastic_cloud_body(std::string_view content_type, std::string_view body);

}  // namespace billow::feed
