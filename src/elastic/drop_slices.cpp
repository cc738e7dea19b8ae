#include "elastic/bulk_writer.hpp"
#include "elastic/document_scan.hpp"
#include "elastic/publication.hpp"
#include "elastic/refresh.hpp"
#include "elastic/slices_query.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <utility>

namespace billow::elastic {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::size_t page_lines =
    10'000;  ///< ids read, and deleted, at once: max_result_window's default

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

/// Hands what a scan finds to `writer`, page by page.
Task<void> delete_found(Cluster& cluster, DocumentScan::Request request, BulkWriter& writer) {
  const std::string index = request.index;
  DocumentScan scan(cluster, std::move(request));
  Result<void> deleted;
  while (deleted) {
    auto page = co_await scan.next();
    if (!page) deleted = page.error();
    if (!page || page->empty()) break;
    BulkBody deletes;
    deletes.index = index;
    for (const ScannedDocument& document : *page) append_delete(deletes, document.id);
    deleted = co_await writer.submit(std::move(deletes));
  }
  // Closing it frees the old segments now; it would end by itself. Whether that works changes
  // nothing.
  auto closed = co_await scan.close();
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
    DocumentScan::Request request;
    request.index = index;
    request.query = slices_query(std::span(slice_ids).subspan(first, count));
    request.sources = false;
    request.page = page_lines;
    auto deleted = co_await delete_found(cluster, std::move(request), writer);
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
