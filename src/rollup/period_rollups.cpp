#include "rollup/period_rollups.hpp"

#include "elastic/refresh.hpp"
#include "elastic/slice_index.hpp"
#include "elastic/slices_query.hpp"
#include "rollup/fill.hpp"
#include "rollup/side_by_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

namespace billow::rollup {
namespace {

using elastic::FamilyIndex;

std::vector<std::string> sorted(std::vector<std::string> ids) {
  std::ranges::sort(ids);
  return ids;
}

/// What is in both.
std::vector<std::string> common(std::vector<std::string> one, std::vector<std::string> other) {
  std::ranges::sort(one);
  std::ranges::sort(other);
  std::vector<std::string> both;
  std::ranges::set_intersection(one, other, std::back_inserter(both));
  return both;
}

/// What of `all` is not in `some`.
std::vector<std::string> without(std::vector<std::string> all, std::vector<std::string> some) {
  std::ranges::sort(all);
  std::ranges::sort(some);
  std::vector<std::string> left;
  std::ranges::set_difference(all, some, std::back_inserter(left));
  return left;
}

auto find_index(const std::vector<FamilyIndex>& indices, const std::string& name) {
  return std::ranges::find(indices, name,
                           [](const FamilyIndex& member) { return member.visible.index; });
}

std::vector<std::string> ids_of(const std::vector<Slice>& slices) {
  std::vector<std::string> ids;
  ids.reserve(slices.size());
  for (const Slice& slice : slices) ids.push_back(slice.id);
  return ids;
}

}  // namespace

elastic::Visible shown_by(elastic::Visible now, bool newest_generation,
                          const std::vector<std::string>& shown,
                          const std::vector<std::string>& others) {
  now.slice_ids = common(without(std::move(now.slice_ids), shown), others);
  if (newest_generation) {
    now.slice_ids.insert(now.slice_ids.end(), shown.begin(), shown.end());
    std::ranges::sort(now.slice_ids);
  }
  now.removed = !newest_generation && now.slice_ids.empty();
  return now;
}

PeriodRollups::PeriodRollups(elastic::Cluster& cluster, std::span<const Definition> definitions,
                             Runner runner, std::string feed, std::string period)
    : cluster_(cluster),
      definitions_(definitions),
      runner_(std::move(runner)),
      feed_(std::move(feed)),
      period_(std::move(period)),
      year_(period_.substr(0, period_.find('-'))) {}

Task<PeriodRollups::Charged> PeriodRollups::read_charged() {
  auto visible =
      co_await elastic::read_visible(cluster_, elastic::charges_index(feed_, year_ + "-*"));
  if (!visible) co_return visible.error();
  Charged charged;
  for (const elastic::Visible& index : *visible) {
    const std::string period = elastic::period_of(feed_, index.index);
    if (period.empty()) continue;  // the path names indices of the feed "<ours>-<year>" too
    auto& ids = period == period_ ? charged.period : charged.others;
    ids.insert(ids.end(), index.slice_ids.begin(), index.slice_ids.end());
  }
  co_return charged;
}

Task<std::vector<FamilyIndex>> PeriodRollups::read(Definition definition) {
  const std::string pattern = fmt::format("{}-{}-{}-v*", definition.alias(), feed_, year_);
  auto found = co_await elastic::read_families(cluster_, pattern, definition.alias());
  if (!found) co_return found.error();
  std::erase_if(*found, [this, &definition](const FamilyIndex& index) {
    return !definition.owns(elastic::family_of(index.visible.index), feed_, year_);
  });
  co_return found;
}

std::string PeriodRollups::newest(const Definition& definition,
                                  const std::vector<FamilyIndex>& indices) const {
  return elastic::newest_of(definition.index(feed_, year_), indices);
}

Task<void> PeriodRollups::create() {
  for (const Definition& definition : definitions_) {
    auto found = co_await read(definition);
    if (!found) co_return found.error();
    auto ready = co_await elastic::ensure_slice_index(cluster_, newest(definition, *found));
    if (!ready) co_return ready.error();
  }
  co_return boost::system::in_place_value;
}

Task<bool> PeriodRollups::shows(std::vector<std::string> slice_ids) {
  slice_ids = sorted(std::move(slice_ids));
  auto charged = co_await read_charged();
  if (!charged) co_return charged.error();
  std::vector<std::string> all = slice_ids;
  std::ranges::move(charged->period, std::back_inserter(all));
  std::ranges::move(charged->others, std::back_inserter(all));
  for (const Definition& definition : definitions_) {
    auto found = co_await read(definition);
    if (!found) co_return found.error();
    for (const FamilyIndex& member : *found) {
      if (!without(member.visible.slice_ids, all).empty()) co_return false;
    }
    const auto there = find_index(*found, newest(definition, *found));
    const bool complete =
        there != found->end() && std::ranges::includes(there->visible.slice_ids, slice_ids);
    if (!complete && !slice_ids.empty()) co_return false;
  }
  co_return true;
}

Task<PeriodRollups::Prepared> PeriodRollups::prepare(std::string charges, std::vector<Slice> slices,
                                                     const ChargeCounts* counts) {
  auto charged = co_await read_charged();
  if (!charged) co_return charged.error();
  const Wanted wanted{std::move(charges), std::move(slices), counts, std::move(charged->others)};
  std::function<Task<Prepared>(std::size_t)> prepare = [this, &wanted](std::size_t i) {
    return prepare_one(definitions_[i], wanted);
  };
  auto each = co_await side_by_side(0, definitions_.size(), std::move(prepare));
  if (!each) co_return each.error();
  Prepared all;
  for (Prepared& one : *each) {
    std::ranges::move(one.shown, std::back_inserter(all.shown));
    std::ranges::move(one.differences, std::back_inserter(all.differences));
    std::ranges::move(one.notes, std::back_inserter(all.notes));
    all.documents_written += one.documents_written;
  }
  co_return all;
}

Task<PeriodRollups::Prepared> PeriodRollups::prepare_one(Definition definition, Wanted wanted) {
  Prepared prepared;
  const std::vector<std::string> shown = ids_of(wanted.slices);
  auto found = co_await read(definition);
  if (!found) co_return found.error();
  const std::string index = newest(definition, *found);
  if (find_index(*found, index) == found->end()) {
    FamilyIndex fresh;
    fresh.visible.index = index;
    fresh.visible.alias = definition.alias();
    found->push_back(std::move(fresh));
  }
  for (FamilyIndex& member : *found) {
    elastic::Visible& now = member.visible;
    const bool written = now.index == index;
    if (!written && !member.shown) continue;
    if (written) {
      auto ready = co_await elastic::ensure_slice_index(cluster_, index);
      if (!ready) co_return ready.error();
      Filling filling{definition, feed_, wanted.charges, index, {}, wanted.counts};
      for (const Slice& slice : wanted.slices) {
        if (!std::ranges::binary_search(now.slice_ids, slice.id)) filling.slices.push_back(slice);
      }
      auto filled = co_await fill_rollup(cluster_, runner_, std::move(filling));
      if (!filled) co_return filled.error();
      prepared.documents_written += filled->documents;
      if (!filled->note.empty()) prepared.notes.push_back(std::move(filled->note));
    }
    prepared.shown.push_back(shown_by(std::move(now), written, shown, wanted.others));
  }
  elastic::SumScope scope;
  scope.query = elastic::slices_query(shown);
  scope.lines_field = "x_ChargeCount";
  auto sums = co_await elastic::sum_slices(cluster_, index, std::move(scope));
  if (!sums) co_return sums.error();
  for (elastic::Difference& difference : elastic::compare(wanted.slices, *sums)) {
    difference.what = definition.alias() + ": " + difference.what;
    prepared.differences.push_back(std::move(difference));
  }
  co_return prepared;
}

Task<PeriodRollups::Leftovers> PeriodRollups::leftovers() {
  auto charged = co_await read_charged();
  if (!charged) co_return charged.error();
  std::vector<std::string> needed = std::move(charged->period);
  std::ranges::move(charged->others, std::back_inserter(needed));
  std::function<Task<Leftovers>(std::size_t)> find = [this, &needed](std::size_t i) {
    return leftovers_of(definitions_[i], needed);
  };
  auto each = co_await side_by_side(0, definitions_.size(), std::move(find));
  if (!each) co_return each.error();
  Leftovers all;
  for (Leftovers& one : *each) {
    std::ranges::move(one.slices, std::back_inserter(all.slices));
    std::ranges::move(one.indices, std::back_inserter(all.indices));
  }
  co_return all;
}

Task<PeriodRollups::Leftovers> PeriodRollups::leftovers_of(Definition definition,
                                                           std::vector<std::string> needed) {
  Leftovers left;
  auto found = co_await read(definition);
  if (!found) co_return found.error();
  left.indices = followed(definition, *found);
  const std::string index = newest(definition, *found);
  const auto there = find_index(*found, index);
  if (there == found->end()) co_return left;
  const std::vector<std::string>& shown = there->visible.slice_ids;
  needed.insert(needed.end(), shown.begin(), shown.end());
  auto is_there = co_await elastic::refresh(cluster_, index);
  if (!is_there) co_return is_there.error();
  if (!*is_there) co_return left;
  // A count is cheap, and nearly always says that there is nothing to look at.
  auto outside = co_await elastic::count_lines_outside(cluster_, index, needed);
  if (!outside) co_return outside.error();
  if (*outside == 0) co_return left;
  auto stored = co_await elastic::sum_slices(cluster_, index);
  if (!stored) co_return stored.error();
  Leftover leftover;
  leftover.index = index;
  leftover.alias = definition.alias();
  for (const auto& [id, slice] : *stored) leftover.slice_ids.push_back(id);
  leftover.slice_ids = without(std::move(leftover.slice_ids), std::move(needed));
  left.slices.push_back(std::move(leftover));
  co_return left;
}

std::vector<std::string> PeriodRollups::followed(const Definition& definition,
                                                 const std::vector<FamilyIndex>& indices) const {
  const std::string written = newest(definition, indices);
  std::vector<std::string> names;
  for (const FamilyIndex& member : indices) {
    if (member.visible.index != written && member.visible.slice_ids.empty())
      names.push_back(member.visible.index);
  }
  return names;
}

}  // namespace billow::rollup
