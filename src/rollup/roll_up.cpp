#include "rollup/roll_up.hpp"

#include "base/limits.hpp"
#include "elastic/bulk_writer.hpp"
#include "elastic/refresh.hpp"
#include "elastic/slices_query.hpp"
#include "rollup/composite.hpp"
#include "rollup/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace billow::rollup {
namespace {

/// Every page of a composite looks at all lines that the query finds, so few lines at a time are
/// looked at.
constexpr std::uint64_t lines_at_once = 100'000;

/// Of documents that were counted.
constexpr std::size_t body_bytes = limits::MiB;

/// The next slices, at least one, that have few lines together.
std::vector<std::string> next_batch(const std::vector<Slice>& slices, std::size_t first) {
  std::vector<std::string> ids;
  std::uint64_t lines = 0;
  for (std::size_t i = first; i < slices.size() && ids.size() < elastic::slices_at_once; ++i) {
    lines += slices[i].totals.lines;
    if (!ids.empty() && lines > lines_at_once) break;
    ids.push_back(slices[i].id);
  }
  return ids;
}

Task<void> write_batch(elastic::Cluster& cluster, Definition definition, std::string charges,
                       std::string rollup, std::string query, elastic::BulkWriter& writer) {
  PageEnd end;
  do {
    auto answer = co_await cluster.request(
        "POST", "/" + charges + "/_search?allow_partial_search_results=false&request_cache=false",
        groups_body(definition, query, end));
    if (!answer) co_return answer.error();
    elastic::BulkBody bulk;
    bulk.index = rollup;
    auto read = read_groups(definition, *answer, std::move(end), bulk);
    if (!read) co_return read.error();
    end = *std::move(read);
    if (bulk.items() == 0) break;
    auto submitted = co_await writer.submit(std::move(bulk));
    if (!submitted) co_return submitted.error();
  } while (!end.after_key.empty());
  co_return boost::system::in_place_value;
}

/// Writes the documents of slices that `counts` knows.
Task<void> write_counted(Definition definition, std::string rollup, std::vector<Slice> slices,
                         const ChargeCounts* counts, elastic::BulkWriter& writer) {
  std::vector<elastic::BulkBody> bodies;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    std::uint64_t ordinal = 0;
    counts->each_document(definition, slices[i], [&](const RollupDocument& document) {
      if (bodies.empty() || bodies.back().bytes.size() >= body_bytes)
        bodies.emplace_back().index = rollup;
      append_document(definition, document, slices[i].id, ordinal++, bodies.back());
    });
    // The last one has room for the next slice, if there is one.
    const std::size_t room = i + 1 < slices.size() && !bodies.empty() ? 1 : 0;
    for (std::size_t full = 0; full + room < bodies.size(); ++full) {
      auto submitted = co_await writer.submit(std::move(bodies[full]));
      if (!submitted) co_return submitted.error();
    }
    bodies.erase(bodies.begin(), bodies.end() - static_cast<std::ptrdiff_t>(room));
  }
  co_return boost::system::in_place_value;
}

}  // namespace

Task<std::uint64_t> roll_up(elastic::Cluster& cluster, Definition definition, std::string charges,
                            std::string rollup, std::vector<Slice> slices,
                            const ChargeCounts* counts) {
  elastic::BulkOptions options;
  options.connections = cluster.config().bulk_connections;
  options.gzip = elastic::wants_gzip(cluster.config());
  elastic::BulkWriter writer(cluster, std::move(options));
  if (counts != nullptr) {
    const auto known = std::ranges::partition(
        slices, [&](const Slice& slice) { return !counts->knows(definition, slice); });
    std::vector<Slice> counted(known.begin(), known.end());
    slices.erase(known.begin(), known.end());
    auto written = co_await write_counted(definition, rollup, std::move(counted), counts, writer);
    if (!written) co_return written.error();
  }
  if (!slices.empty()) {
    auto refreshed = co_await elastic::refresh(cluster, charges);
    if (!refreshed) co_return refreshed.error();
  }
  std::ranges::sort(slices, {}, &Slice::id);
  for (std::size_t first = 0; first < slices.size();) {
    const std::vector<std::string> ids = next_batch(slices, first);
    first += ids.size();
    std::string query = elastic::slices_query(ids);
    auto written =
        co_await write_batch(cluster, definition, charges, rollup, std::move(query), writer);
    if (!written) co_return written.error();
  }
  auto outcome = co_await writer.drain();
  if (!outcome) co_return outcome.error();
  if (outcome->rejected > 0) {
    co_return Error{Errc::rejected,
                    fmt::format("{} documents of {} were refused, the first with: {}",
                                outcome->rejected, rollup, outcome->rejected_items.front().reason)};
  }
  co_return outcome->stored;
}

}  // namespace billow::rollup
