#include "proof/rollup_account.hpp"

#include "audit/line.hpp"
#include "base/civil_time.hpp"
#include "elastic/filters.hpp"
#include "proof/documents.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace billow::proof {
namespace {

/// An amount below this one that has more digits than a Decimal keeps is what doubles leave of sums
/// that cancel out, and counts as 0.
constexpr double residue_max = 1e-20;

std::optional<Decimal> amount_of(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"' && raw.back() == '"')
    raw = raw.substr(1, raw.size() - 2);
  if (const auto exact = Decimal::parse(raw)) return exact;
  double value = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  const bool tiny = read.ec == std::errc() && read.ptr == raw.data() + raw.size() &&
                    std::fabs(value) < residue_max;
  return tiny ? std::optional(Decimal()) : std::nullopt;
}

/// A count, which Elasticsearch may have been given as 3 or as 3.0.
std::optional<std::uint64_t> count_of(std::string_view raw) {
  const auto number = Decimal::parse(raw);
  if (!number || number->is_negative()) return std::nullopt;
  const Decimal whole = number->normalized();
  if (whole.scale != 0) return std::nullopt;
  return static_cast<std::uint64_t>(whole.coefficient);
}

std::string query_of(const std::string& feed, const std::string& period) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_text(out, "bool");
  out.StartObject();
  write_text(out, "filter");
  out.StartArray();
  elastic::write_term(out, "x_FeedId", feed);
  elastic::write_term(out, "BillingPeriodStart", format_time(parse_month(period).value_or(0)));
  out.EndArray();
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

bool add_rollup(std::map<std::string, CurrencyTotals, std::less<>>& totals,
                std::string_view source) {
  std::string currency;
  std::optional<std::uint64_t> lines;
  std::array<std::optional<Decimal>, cost_kinds> costs;
  for (const auto& [name, raw] : audit::members_of(source)) {
    const auto kind = std::find(cost_names.begin(), cost_names.end(), name);
    if (kind != cost_names.end())
      costs[static_cast<std::size_t>(kind - cost_names.begin())] = amount_of(raw);
    else if (name == "x_ChargeCount")
      lines = count_of(raw);
    else if (name == "BillingCurrency" && raw.size() >= 2 && raw.front() == '"')
      currency = raw.substr(1, raw.size() - 2);
  }
  const auto unknown = [](const std::optional<Decimal>& cost) { return !cost; };
  if (!lines || std::any_of(costs.begin(), costs.end(), unknown)) return false;
  CurrencyTotals& sums = totals[currency];
  sums.lines += *lines;
  for (std::size_t kind = 0; kind < cost_kinds; ++kind) sums.sums[kind].add(*costs[kind]);
  return true;
}

namespace {

Task<Account> read_once(elastic::Cluster& cluster, std::string alias, std::string feed,
                        std::string period, OnProgress on_progress) {
  Account account;
  account.place = alias;
  account.exact = false;
  Progress progress;
  progress.what = feed + " " + period + ", " + alias;
  progress.unit = "documents";
  elastic::DocumentScan::Request request;
  request.index = alias;
  request.query = query_of(feed, period);
  TakeDocument add = [&account](const elastic::ScannedDocument& document) -> Result<void> {
    if (add_rollup(account.totals, document.source)) return boost::system::in_place_value;
    return Error{Errc::malformed, account.place + ": the document '" + document.id +
                                      "' lacks a cost or its count of charges"};
  };
  auto read = co_await each_document(cluster, std::move(request), std::move(progress),
                                     std::move(add), std::move(on_progress));
  if (!read) co_return read.error();
  co_return account;
}

constexpr int beginnings_max = 5;

}  // namespace

Task<Account> read_rollup(elastic::Cluster& cluster, std::string alias, std::string feed,
                          std::string period, OnProgress on_progress) {
  // Behind an alias lie the indices of every feed. When one of them is deleted meanwhile, we begin
  // again.
  for (int beginning = 1;; ++beginning) {
    auto account = co_await read_once(cluster, alias, feed, period, on_progress);
    const bool deleted = !account && account.error().code == Errc::not_found;
    if (!deleted || beginning == beginnings_max) co_return account;
  }
}

}  // namespace billow::proof
