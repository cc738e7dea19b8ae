#include "elastic/first_token.hpp"

#include "elastic/audit_log.hpp"
#include "elastic/filters.hpp"
#include "elastic/records.hpp"
#include "elastic/refresh.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace billow::elastic {
namespace {

/// The record with the highest token of a feed.
std::string highest_token_query(const std::string& feed) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_member(out, "size", std::uint64_t{1});
  write_text(out, "_source");
  out.StartArray();
  write_text(out, "Token");
  out.EndArray();
  write_text(out, "query");
  write_term(out, "x_FeedId", feed);
  write_text(out, "sort");
  constexpr std::string_view descending =
      R"([{"Token":{"order":"desc","unmapped_type":"long","missing":"_last"}}])";
  out.RawValue(descending.data(), descending.size(), rapidjson::kArrayType);
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// The highest token in `index`, also when it was written a moment ago.
Task<std::optional<std::uint64_t>> highest_token(Cluster& cluster, std::string index,
                                                 std::string feed) {
  auto is_there = co_await refresh(cluster, index);
  if (!is_there) co_return is_there.error();
  if (!*is_there) co_return std::optional<std::uint64_t>();
  std::string query = highest_token_query(feed);
  auto found = co_await search_documents(cluster, index, std::move(query));
  if (!found) co_return found.error();
  if (found->empty()) co_return std::optional<std::uint64_t>();
  auto token = read_recorded_token(found->front().source);
  if (!token) co_return within(index, token.error());
  co_return *token;
}

}  // namespace

Task<std::uint64_t> first_token(Cluster& cluster, std::string feed) {
  auto audited = co_await highest_token(cluster, std::string(audit_index), feed);
  if (!audited) co_return audited.error();
  auto attempted = co_await highest_token(cluster, std::string(deliveries_index), feed);
  if (!attempted) co_return attempted.error();
  std::uint64_t first = 0;
  if (*audited) first = **audited + 1;
  // A delivery record has the token of its attempt, which its publish moves on once more.
  if (*attempted) first = std::max(first, **attempted + 2);
  co_return first;
}

Result<std::optional<std::uint64_t>> read_recorded_token(std::string_view json) {
  rapidjson::Document record;
  record.Parse(json.data(), json.size());
  if (record.HasParseError() || !record.IsObject()) return Error{Errc::malformed, "not JSON"};
  const auto token = record.FindMember("Token");
  if (token == record.MemberEnd()) return std::optional<std::uint64_t>();
  if (!token->value.IsUint64()) return Error{Errc::malformed, "a Token is no whole number"};
  return std::optional<std::uint64_t>(token->value.GetUint64());
}

}  // namespace billow::elastic
