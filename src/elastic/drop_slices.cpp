#include "elastic/bulk_writer.hpp"
#include "elastic/publication.hpp"
#include "elastic/refresh.hpp"
#include "elastic/slices_query.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <algorithm>

namespace billow::elastic {
namespace {

namespace dom = simdjson::dom;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::size_t page_lines =
    10'000;  ///< ids read, and deleted, at once: max_result_window's default

/// One page of the ids of lines.
struct IdPage {
  std::string pit;    ///< the point in time to go on with
  std::string after;  ///< JSON of the last line's sort values, "" when there was no line
  BulkBody deletes;
};

std::string page_body(const std::string& query, const IdPage& before) {
  std::string body =
      R"({"size":)" + std::to_string(page_lines) +
      R"(,"_source":false,"track_total_hits":false,"sort":[{"_shard_doc":"asc"}],"pit":{"id":")" +
      before.pit + R"(","keep_alive":"5m"},"query":)" + query;
  if (!before.after.empty()) body += R"(,"search_after":)" + before.after;
  return body + "}";
}

void append_delete(BulkBody& deletes, std::string_view id) {
  rapidjson::StringBuffer out;
  Writer writer(out);
  writer.StartObject();
  writer.Key("delete");
  writer.StartObject();
  writer.Key("_id");
  writer.String(id.data(), static_cast<rapidjson::SizeType>(id.size()));
  writer.EndObject();
  writer.EndObject();
  deletes.offsets.push_back(static_cast<std::uint32_t>(deletes.bytes.size()));
  deletes.bytes.append(out.GetString(), out.GetSize());
  deletes.bytes += '\n';
}

Result<IdPage> read_page(const std::string& json, const std::string& index) {
  Error malformed{Errc::malformed, "the answer with the ids of lines cannot be read"};
  dom::parser parser;
  dom::element answer;
  dom::array hits;
  std::string_view pit;
  if (parser.parse(json).get(answer) != simdjson::SUCCESS) return malformed;
  if (answer["pit_id"].get(pit) != simdjson::SUCCESS) return malformed;
  IdPage page;
  page.pit = pit;
  page.deletes.index = index;
  if (answer["hits"]["hits"].get(hits) != simdjson::SUCCESS)
    return page;  // filter_path drops an empty list
  for (const dom::element hit : hits) {
    std::string_view id;
    dom::element sort;
    if (hit["_id"].get(id) != simdjson::SUCCESS || hit["sort"].get(sort) != simdjson::SUCCESS) {
      return malformed;
    }
    append_delete(page.deletes, id);
    page.after = simdjson::minify(sort);
  }
  return page;
}

Result<std::string> read_pit(const std::string& json) {
  dom::parser parser;
  std::string_view pit;
  if (parser.parse(json)["id"].get(pit) != simdjson::SUCCESS) {
    return Error{Errc::malformed, "the answer to POST _pit holds no id"};
  }
  return std::string(pit);
}

/// Reads pages of ids and hands them to `writer` until there are no more.
Task<void> delete_lines(Cluster& cluster, std::string index, std::string query, std::string pit,
                        BulkWriter& writer) {
  IdPage page;
  page.pit = std::move(pit);
  for (;;) {
    auto body = co_await cluster.request("POST",
                                         "/_search?allow_partial_search_results=false"
                                         "&filter_path=pit_id,hits.hits._id,hits.hits.sort",
                                         page_body(query, page));
    if (!body) co_return body.error();
    auto next = read_page(*body, index);
    if (!next) co_return next.error();
    page = *std::move(next);
    if (page.deletes.items() == 0) co_return Result<void>{};
    auto submitted = co_await writer.submit(std::move(page.deletes));
    if (!submitted) co_return submitted.error();
  }
}

/// The same within a point in time of its own, so that the deletes do not move the pages.
Task<void> delete_matches(Cluster& cluster, std::string index, std::string query,
                          BulkWriter& writer) {
  auto opened = co_await cluster.request("POST", "/" + index + "/_pit?keep_alive=5m");
  if (!opened) co_return opened.error();
  auto pit = read_pit(*opened);
  if (!pit) co_return pit.error();
  auto deleted = co_await delete_lines(cluster, std::move(index), std::move(query), *pit, writer);
  // It would end by itself; closing it frees the old segments now. Whether that works changes
  // nothing.
  std::string close = R"({"id":")" + *pit + R"("})";
  auto closed = co_await cluster.call("DELETE", "/_pit", std::move(close));
  co_return deleted;
}

Result<void> refuse_visible(const std::vector<Visible>& visible,
                            const std::vector<std::string>& doomed) {
  for (const Visible& shown : visible) {
    for (const std::string& id : doomed) {
      if (!std::binary_search(shown.slice_ids.begin(), shown.slice_ids.end(), id)) continue;
      return Error{Errc::conflict,
                   "slice " + id + " of " + shown.index + " is visible and will not be deleted"};
    }
  }
  return {};
}

}  // namespace

Task<std::uint64_t> drop_slices(Cluster& cluster, std::string index,
                                std::vector<std::string> slice_ids, std::string alias) {
  if (slice_ids.empty()) co_return std::uint64_t{0};
  auto visible = co_await read_visible(cluster, index, std::move(alias));
  if (!visible) co_return visible.error();
  if (auto allowed = refuse_visible(*visible, slice_ids); !allowed) co_return allowed.error();
  auto is_there = co_await refresh(cluster, index);
  if (!is_there) co_return is_there.error();
  if (!*is_there) co_return std::uint64_t{0};

  BulkOptions options;
  options.connections = cluster.config().bulk_connections;
  options.gzip = wants_gzip(cluster.config());
  BulkWriter writer(cluster, std::move(options));
  for (std::size_t first = 0; first < slice_ids.size(); first += slices_at_once) {
    const std::size_t count = std::min(slices_at_once, slice_ids.size() - first);
    std::string query = slices_query(std::span(slice_ids).subspan(first, count));
    auto deleted = co_await delete_matches(cluster, index, std::move(query), writer);
    if (!deleted) co_return deleted.error();
  }
  auto outcome = co_await writer.drain();
  if (!outcome) co_return outcome.error();
  if (outcome->rejected > 0) {
    co_return Error{Errc::rejected,
                    std::to_string(outcome->rejected) + " lines of " + index +
                        " could not be deleted: " + outcome->rejected_items.front().reason};
  }
  co_return outcome->stored;
}

}  // namespace billow::elastic
