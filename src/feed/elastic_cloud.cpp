#include "feed/elastic_cloud.hpp"

#include <simdjson.h>

#include <algorithm>

namespace billow::feed {
namespace {

constexpr std::string_view answers_folder = "instances/";
constexpr std::string_view answer_suffix = ".json";
constexpr std::size_t month_length = 7;  ///< of "2026-06"

constexpr std::size_t organization_length_max = 64;
constexpr std::size_t told_errors_max = 3;
constexpr std::size_t told_text_max = 300;

/// Shortened, in one line and without control characters: an answer is not ours.
std::string in_one_line(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, told_text_max)) {
    const bool blank = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return text.size() > told_text_max ? out + "..." : out;
}

std::string member_text(const simdjson::dom::element& from, std::string_view name) {
  std::string_view text;
  if (from[name].get(text) != simdjson::SUCCESS) return {};
  return in_one_line(text);
}

/// "organization.invalid_access: ..." of {"errors":[{"code":..,"message":..}]}; whatever else there
/// is, as it is. The API is also seen to answer in plain text.
std::string told_by(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array errors;
  if (parser.parse(simdjson::padded_string(body)).get(document) != simdjson::SUCCESS ||
      document["errors"].get(errors) != simdjson::SUCCESS) {
    return body.starts_with('<') ? "a page instead of JSON" : in_one_line(body);
  }
  std::string told;
  std::size_t count = 0;
  for (const simdjson::dom::element error : errors) {
    if (++count > told_errors_max) break;
    const std::string code = member_text(error, "code");
    const std::string message = member_text(error, "message");
    if (!told.empty()) told += "; ";
    told += code;
    if (!code.empty() && !message.empty()) told += ": ";
    told += message;
  }
  return told;
}

Errc code_of(int status) {
  if (status == 429) return Errc::throttled;
  if (status == 408 || status == 425 || status >= 500) return Errc::transient;
  if (status == 401 || status == 403) return Errc::unauthorized;
  return status == 404 ? Errc::not_found : Errc::rejected;
}

/// What a person can do about it.
std::string remedy_of(const ElasticCloudRefusal& refusal) {
  switch (refusal.status) {
    case 401:
      return "the API key is wrong, was revoked or has expired, as keys do after three months "
             "unless they were made to last";
    case 403:
      return "the API key needs the role 'Billing admin' in this organisation";
    case 404:
      return "the key knows no such organisation, or the endpoint is another one's";
    default:
      break;
  }
  if (refusal.status >= 300 && refusal.status < 400)
    return "redirects, here to '" + in_one_line(refusal.location) +
           "', are not followed: the key goes to the endpoint of the configuration only";
  return {};
}

}  // namespace

std::vector<ElasticCloudMonth> elastic_cloud_months(std::string_view since, UnixSeconds now) {
  std::vector<ElasticCloudMonth> months;
  const auto first = parse_month(since);
  if (!first) return months;
  for (UnixSeconds start = *first; start + seconds_per_day <= now; start = next_month(start)) {
    const UnixSeconds kept_until = next_month(start) + elastic_cloud_settled_days * seconds_per_day;
    months.push_back({month_of(start), kept_until <= now});
  }
  return months;
}

std::string elastic_cloud_prefix(std::string_view period) {
  return std::string(answers_folder).append(period);
}

std::string elastic_cloud_key(UnixSeconds day) {
  return std::string(answers_folder).append(format_date(day)).append(answer_suffix);
}

std::optional<UnixSeconds> elastic_cloud_day(std::string_view key) {
  if (!key.starts_with(answers_folder) || !key.ends_with(answer_suffix)) return std::nullopt;
  key.remove_prefix(answers_folder.size());
  if (key.size() < answer_suffix.size()) return std::nullopt;
  key.remove_suffix(answer_suffix.size());
  const auto day = parse_time(key);
  // Only what the name of a day is, and nothing that could be read as one.
  if (!day || format_date(*day) != key) return std::nullopt;
  return day;
}

Result<std::vector<std::string>> elastic_cloud_keys(std::string_view prefix, UnixSeconds now) {
  const std::string_view name =
      prefix.starts_with(answers_folder) ? prefix.substr(answers_folder.size()) : "";
  const auto month = parse_month(name.substr(0, month_length));
  if (!month)
    return Error{Errc::rejected, "'" + std::string(prefix) + "' is no month of Elastic Cloud"};
  std::vector<std::string> keys;
  const UnixSeconds end = next_month(*month);
  for (UnixSeconds day = *month; day < end && day + seconds_per_day <= now;
       day += seconds_per_day) {
    std::string key = elastic_cloud_key(day);
    if (key.starts_with(prefix)) keys.push_back(std::move(key));
  }
  return keys;
}

bool is_elastic_cloud_organization(std::string_view id) {
  return !id.empty() && id.size() <= organization_length_max &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
             std::string_view::npos;
}

std::string elastic_cloud_target(std::string_view organization, UnixSeconds day) {
  return "/api/v2/billing/organizations/" + std::string(organization) +
         "/costs/instances?include_names=true&from=" + format_time(day) +
         "&to=" + format_time(day + seconds_per_day);
}

std::string ecu_price_of(const ElasticCloudConfig& config, std::string_view period) {
  std::string price;
  for (const EcuPrice& step : config.ecu_prices)
    if (step.since <= period) price = step.price;
  return price;
}

std::string elastic_cloud_terms(const ElasticCloudConfig& config, std::string_view period) {
  return "1 ECU = " + ecu_price_of(config, period) + " " + config.currency;
}

Error elastic_cloud_error(std::string_view organization, const ElasticCloudRefusal& refusal) {
  std::string detail = "organisation " + std::string(organization) + ": answered with status " +
                       std::to_string(refusal.status);
  const std::string told = told_by(refusal.body);
  if (!told.empty()) detail += ", " + told;
  const std::string remedy = remedy_of(refusal);
  if (!remedy.empty()) detail += " (" + remedy + ")";
  return {code_of(refusal.status), std::move(detail)};
}

Result<void> check_elastic_cloud_body(std::string_view content_type, std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && body[first] == '{') return {};
  return Error{Errc::malformed,
               "answered with " + (content_type.empty() ? "something" : in_one_line(content_type)) +
                   " that is no JSON object; a proxy's page?"};
}

}  // namespace billow::feed
