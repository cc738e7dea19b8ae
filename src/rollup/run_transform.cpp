#include "rollup/run_transform.hpp"

#include "base/deadline.hpp"
#include "elastic/abilities.hpp"
#include "elastic/answer.hpp"
#include "elastic/refresh.hpp"
#include "elastic/slices_query.hpp"
#include "rollup/transform_run.hpp"

#include <algorithm>
#include <chrono>
#include <span>

namespace billow::rollup {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds look_delay_min{50};
constexpr milliseconds look_delay_max{2'000};

/// A refusal. A 409 here is never about another writer of ours, so it must not read like one: it
/// says that transforms are being upgraded. A 404 says that somebody else has removed the
/// transform.
Error refused(std::string where, const http::Response& response) {
  Error error = elastic::error_of(where, response);
  if (error.code == Errc::conflict) error.code = Errc::rejected;
  if (error.code == Errc::not_found) error.code = Errc::transient;
  return error;
}

/// Validation is not deferred: both indices exist, and a refusal is told before anything runs.
Task<void> make_transform(elastic::Cluster& cluster, std::string id, std::string body) {
  auto made = co_await cluster.call("PUT", "/_transform/" + id, std::move(body));
  if (!made) co_return made.error();
  // The first try of a repeated request may have been carried out.
  const bool ours =
      made->status == 400 && elastic::error_type_of(*made) == "resource_already_exists_exception";
  if (made->status >= 300 && !ours) co_return refused("PUT /_transform/" + id, *made);
  auto started = co_await cluster.call("POST", "/_transform/" + id + "/_start");
  if (!started) co_return started.error();
  // For the same reason it may run already; the watch finds out how it fares.
  if (started->status >= 300 && started->status != 409)
    co_return refused("POST /_transform/" + id + "/_start", *started);
  co_return boost::system::in_place_value;
}

/// Returns the number of documents when the transform has stopped by itself.
Task<std::uint64_t> watch_transform(elastic::Cluster& cluster, std::string id) {
  TransformWatch watch(id);
  const auto start = Clock::now();
  for (milliseconds delay = look_delay_min;; delay = std::min(2 * delay, look_delay_max)) {
    co_await sleep_for(delay);
    auto answer = co_await cluster.request("GET", "/_transform/" + id + "/_stats");
    const bool gone = !answer && answer.error().code == Errc::not_found;
    if (!answer && !gone) co_return answer.error();
    auto stats = gone ? Result<TransformStats>(TransformStats()) : read_transform_stats(*answer);
    if (!stats) co_return stats.error();
    auto done = watch.look(*stats, std::chrono::duration_cast<milliseconds>(Clock::now() - start));
    if (!done) co_return done.error();
    if (*done) co_return stats->indexed;
  }
}

Task<std::uint64_t> run_over(elastic::Cluster& cluster, std::string id, std::string body) {
  auto made = co_await make_transform(cluster, id, std::move(body));
  if (!made) co_return made.error();
  co_return co_await watch_transform(cluster, std::move(id));
}

}  // namespace

Task<std::uint64_t> run_transform(elastic::Cluster& cluster, Definition definition,
                                  std::string feed, std::string charges, std::string rollup,
                                  std::vector<Slice> slices) {
  auto refreshed = co_await elastic::refresh(cluster, charges);
  if (!refreshed) co_return refreshed.error();
  const std::string id = transform_id(definition, feed);
  std::vector<std::string> ids;
  ids.reserve(slices.size());
  for (const Slice& slice : slices) ids.push_back(slice.id);
  std::uint64_t written = 0;
  for (std::size_t first = 0; first < ids.size(); first += elastic::slices_at_once) {
    const auto some =
        std::span(ids).subspan(first).first(std::min(elastic::slices_at_once, ids.size() - first));
    std::string body = transform_body(definition, charges, rollup, elastic::slices_query(some));
    auto documents = co_await run_over(cluster, id, std::move(body));
    auto removed = co_await remove_transform(cluster, id);
    if (!documents) co_return documents.error();
    if (!removed) co_return removed.error();
    written += *documents;
  }
  co_return written;
}

Task<void> remove_transform(elastic::Cluster& cluster, std::string id) {
  // With `force` one that runs is stopped first, and its end is waited for.
  auto removed = co_await cluster.call("DELETE", "/_transform/" + id + "?force=true");
  if (!removed) co_return removed.error();
  const bool none = !elastic::is_present(removed->status) || removed->status == 403;
  if (removed->status >= 300 && !none) co_return refused("DELETE /_transform/" + id, *removed);
  co_return boost::system::in_place_value;
}

}  // namespace billow::rollup
