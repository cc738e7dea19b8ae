#include "normalize/slice_book.hpp"

#include "base/limits.hpp"

#include <utility>

namespace billow::normalize {
namespace {

// In the order of cost_names.
constexpr std::array<NumberColumn, cost_kinds> costs = {
    NumberColumn::BilledCost, NumberColumn::ContractedCost, NumberColumn::EffectiveCost,
    NumberColumn::ListCost};

}  // namespace

SliceKey key_of(const Charge& charge) noexcept {
  const UnixSeconds start = charge.charge_period_start;
  const UnixSeconds day = start / seconds_per_day - (start % seconds_per_day < 0 ? 1 : 0);
  return {static_cast<std::int32_t>(day), charge.charge_period_end - start > seconds_per_day};
}

std::string slice_id(std::string_view prefix, const SliceKey& key) {
  return std::string(prefix) + '-' + format_compact_date(key.day * seconds_per_day) +
         (key.long_period ? "L" : "");
}

OpenSlice::OpenSlice(const SliceKey& key, std::string_view prefix, const Provenance& provenance,
                     bool is_wanted)
    : slice{slice_id(prefix, key), key, {}}, frame(slice.id, provenance), wanted(is_wanted) {}

void OpenSlice::add(const Charge& charge, Uint128 digest) {
  ControlTotals& totals = slice.totals;
  ++totals.lines;
  totals.digest.add(digest);
  const Text name = charge[TextColumn::BillingCurrency];
  if (currency == nullptr || currency->first != name) {
    auto found = totals.by_currency.find(name);
    if (found == totals.by_currency.end())
      found = totals.by_currency.try_emplace(std::string(name)).first;
    currency = &*found;
  }
  CurrencyTotals& sums = currency->second;
  ++sums.lines;
  for (std::size_t i = 0; i < cost_kinds; ++i) {
    const Decimal& cost = charge[costs[i]].value;
    sums.sums[i].add(cost);
    if (cost.is_negative()) sums.negatives[i].add(cost);
  }
}

SliceBook::SliceBook(std::string prefix, Provenance provenance, Wanted wanted)
    : prefix_(std::move(prefix)), provenance_(std::move(provenance)), wanted_(std::move(wanted)) {}

OpenSlice* SliceBook::find(const Charge& charge) {
  const SliceKey key = key_of(charge);
  OpenSlice*& recent =
      recent_[(static_cast<std::uint32_t>(key.day) * 2 + (key.long_period ? 1 : 0)) %
              recent_.size()];
  if (recent == nullptr || recent->slice.key != key) recent = find_slowly(key);
  return recent;
}

OpenSlice* SliceBook::find_slowly(const SliceKey& key) {
  const auto found = slices_.find(key);
  if (found != slices_.end()) return &found->second;
  if (slices_.size() == limits::slices_max) return nullptr;
  const bool wanted = !wanted_ || wanted_(key);
  return &slices_.try_emplace(key, key, prefix_, provenance_, wanted).first->second;
}

std::map<SliceKey, Slice> SliceBook::take() {
  std::map<SliceKey, Slice> slices;
  for (auto& [key, open] : slices_) slices.emplace_hint(slices.end(), key, std::move(open.slice));
  slices_.clear();
  recent_.fill(nullptr);
  return slices;
}

}  // namespace billow::normalize
