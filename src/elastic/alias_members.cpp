#include "elastic/alias_members.hpp"

#include "elastic/filters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <utility>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;

constexpr int periods_max = 10'000;
constexpr std::size_t month_size = 7;

std::string by_period_query(const std::string& feed, const std::vector<std::string>& indices) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.Key("size");
  writer.Int(0);
  open_query(writer);
  write_term(writer, "x_FeedId", feed);
  write_terms(writer, "_index", indices);
  close_query(writer);
  const std::string periods = fmt::format(
      R"({{"periods":{{"terms":{{"field":"BillingPeriodStart","size":{}}}}}}})", periods_max);
  writer.Key("aggs");
  writer.RawValue(periods.data(), periods.size(), rapidjson::kObjectType);
  writer.EndObject();
  return out.GetString();
}

}  // namespace

Result<std::vector<AliasMember>> read_members_answer(const std::string& json) {
  dom::parser parser;
  dom::array rows;
  if (parser.parse(json).get(rows) != simdjson::SUCCESS)
    return Error{Errc::malformed, "the answer about the members of aliases is no list"};
  std::vector<AliasMember> members;
  for (const dom::element row : rows) {
    std::string_view alias;
    std::string_view index;
    if (row["alias"].get(alias) != simdjson::SUCCESS ||
        row["index"].get(index) != simdjson::SUCCESS)
      return Error{Errc::malformed, "the answer about aliases has a row without alias and index"};
    members.push_back({std::string(alias), std::string(index)});
  }
  return members;
}

Task<std::vector<AliasMember>> read_members(Cluster& cluster, std::vector<std::string> aliases) {
  auto answer = co_await cluster.request(
      "GET", fmt::format("/_cat/aliases/{}?format=json&h=alias,index", fmt::join(aliases, ",")));
  if (!answer) co_return answer.error();
  co_return read_members_answer(*answer);
}

Result<std::map<std::string, std::uint64_t>> read_periods_answer(const std::string& json) {
  dom::parser parser;
  dom::element answer;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS)
    return Error{Errc::malformed, "the answer to a search is no JSON"};
  std::map<std::string, std::uint64_t> counts;
  dom::array buckets;
  // Without an index there is nothing to aggregate.
  if (answer["aggregations"]["periods"]["buckets"].get(buckets) != simdjson::SUCCESS) return counts;
  for (const dom::element bucket : buckets) {
    std::string_view start;
    std::uint64_t count = 0;
    if (bucket["key_as_string"].get(start) != simdjson::SUCCESS ||
        bucket["doc_count"].get(count) != simdjson::SUCCESS)
      return Error{Errc::malformed, "the answer to a search has a period without start and count"};
    counts[std::string(start.substr(0, month_size))] += count;
  }
  return counts;
}

Task<std::map<std::string, std::uint64_t>> count_by_period(Cluster& cluster, std::string alias,
                                                           std::vector<std::string> indices,
                                                           std::string feed) {
  std::string query = by_period_query(feed, indices);
  auto answer = co_await cluster.request(
      "POST", "/" + alias + "/_search?allow_partial_search_results=false", std::move(query));
  if (!answer) co_return answer.error();
  co_return read_periods_answer(*answer);
}

}  // namespace billow::elastic
