#include "rollup/fill.hpp"

#include "elastic/publication.hpp"
#include "elastic/slices_query.hpp"
#include "rollup/roll_up.hpp"
#include "rollup/run_transform.hpp"
#include "rollup/transform_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace billow::rollup {
namespace {

/// True when all slices were counted while they were loaded: nothing can be stored of them, since
/// their ids hold a fencing token that no attempt before had.
bool is_new(const Filling& filling) {
  return filling.counts != nullptr && std::ranges::all_of(filling.slices, [&](const Slice& slice) {
           return filling.counts->knows(filling.definition, slice);
         });
}

/// Removes a transform that still writes, then what is stored of the slices.
Task<void> clear(elastic::Cluster& cluster, Filling filling) {
  auto removed = co_await remove_transform(cluster, transform_id(filling.definition, filling.feed));
  if (!removed) co_return removed.error();
  if (is_new(filling)) co_return boost::system::in_place_value;
  std::vector<std::string> wanted;
  wanted.reserve(filling.slices.size());
  for (const Slice& slice : filling.slices) wanted.push_back(slice.id);
  elastic::SumScope scope;
  scope.query = elastic::slices_query(wanted);
  auto stored = co_await elastic::sum_slices(cluster, filling.rollup, std::move(scope));
  if (!stored) co_return stored.error();
  std::vector<std::string> ids;
  for (const auto& [id, sums] : *stored) ids.push_back(id);
  auto dropped = co_await elastic::drop_slices(cluster, filling.rollup, std::move(ids),
                                               filling.definition.alias());
  if (!dropped) co_return dropped.error();
  co_return boost::system::in_place_value;
}

}  // namespace

Task<Filled> fill_rollup(elastic::Cluster& cluster, Runner runner, Filling filling) {
  Filled filled;
  if (filling.slices.empty()) co_return filled;
  auto cleared = co_await clear(cluster, filling);
  if (!cleared) co_return cleared.error();
  if (runner.transforms && transform_obstacle(filling.definition).empty()) {
    auto written = co_await run_transform(cluster, filling.definition, filling.feed,
                                          filling.charges, filling.rollup, filling.slices);
    if (written) {
      filled.documents = *written;
      co_return filled;
    }
    const Errc code = written.error().code;
    const bool other_way = code == Errc::rejected || code == Errc::unauthorized;
    if (runner.strict || !other_way) co_return within(filling.definition.alias(), written.error());
    filled.note = fmt::format("{} was rolled up by the daemon: {}", filling.definition.alias(),
                              written.error().detail);
    auto again = co_await clear(cluster, filling);
    if (!again) co_return again.error();
  }
  auto written =
      co_await roll_up(cluster, std::move(filling.definition), std::move(filling.charges),
                       std::move(filling.rollup), std::move(filling.slices), filling.counts);
  if (!written) co_return written.error();
  filled.documents = *written;
  co_return filled;
}

}  // namespace billow::rollup
