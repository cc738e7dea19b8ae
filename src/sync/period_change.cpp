#include "sync/period_change.hpp"

#include "base/civil_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace billow::sync {
namespace {

/// Whether the charges of a slice were made by today's rules, and by the delivery `own`.
struct Origin {
  bool current = false;
  bool own = false;
};

std::map<std::string_view, Origin> origins_of(const std::vector<Part>& parts,
                                              std::string_view own) {
  std::map<std::string_view, Origin> origins;
  for (const Part& part : parts) {
    for (const std::string& id : part.slice_ids)
      origins[id] = {part.schema == schema_version, part.delivery_id == own};
  }
  return origins;
}

std::vector<Part> parts_after(const DeliveryRecord& record, const SlicePlan& plan,
                              const std::optional<DeliveryRecord>& readable) {
  if (record.coverage.kind == DeliveryKind::full) return {};
  const std::vector<std::string> kept = slice_ids(plan.kept);
  Part own;
  own.delivery_id = record.delivery_id;
  own.schema = record.schema;
  own.coverage = record.coverage;
  own.rows_dead = record.rows_dead;
  std::vector<Part> parts;
  if (readable) parts = remaining_parts(parts_of(*readable), record.coverage, kept);
  std::erase_if(parts,
                [&record](const Part& part) { return part.delivery_id == record.delivery_id; });
  std::set<std::string_view> of_others;
  for (const Part& part : parts) of_others.insert(part.slice_ids.begin(), part.slice_ids.end());
  for (const Slice& slice : record.slices) {
    if (!of_others.contains(slice.id)) own.slice_ids.push_back(slice.id);
  }
  std::sort(own.slice_ids.begin(), own.slice_ids.end());
  parts.push_back(std::move(own));
  return parts;
}

std::string date_of(std::int32_t day) { return format_date(day * seconds_per_day); }

}  // namespace

Result<void> check_days(const Coverage& coverage) {
  if (coverage.kind != DeliveryKind::window || coverage.first_day < coverage.end_day)
    return Result<void>{};
  return Error{Errc::bad_config,
               "the feed states windows, and this delivery does not say of which days"};
}

Result<void> check_charges(const Coverage& coverage, const std::map<SliceKey, Slice>& found) {
  for (const auto& [key, slice] : found) {
    if (coverage.admits(key)) continue;
    return Error{Errc::malformed,
                 fmt::format("the delivery states the days {} to {}, and {} of its charges begin "
                             "on {}; nothing of it is published",
                             date_of(coverage.first_day), date_of(coverage.end_day - 1),
                             slice.totals.lines, date_of(key.day))};
  }
  return Result<void>{};
}

Result<void> check_base(const Coverage& coverage, bool described,
                        const std::vector<std::string>& ids) {
  if (coverage.kind == DeliveryKind::full || described || ids.empty()) return Result<void>{};
  return Error{Errc::malformed,
               fmt::format("neither a delivery record nor the audit chain describes the {} slices "
                           "that readers see, so a {} cannot be published over them; 'billow audit "
                           "verify' tells more",
                           ids.size(), name_of(coverage.kind))};
}

std::vector<Part> parts_of(const DeliveryRecord& record) {
  if (record.coverage.kind != DeliveryKind::full) return record.parts;
  Part all;
  all.delivery_id = record.delivery_id;
  all.schema = record.schema;
  all.rows_dead = record.rows_dead;
  all.slice_ids = slice_ids(record.slices);
  return {all};
}

bool is_in(const DeliveryRecord& readable, std::string_view delivery_id, const Coverage& coverage) {
  if (coverage.kind != DeliveryKind::delta)
    return readable.delivery_id == delivery_id && readable.schema == schema_version;
  const std::vector<Part> parts = parts_of(readable);
  return std::any_of(parts.begin(), parts.end(), [delivery_id](const Part& part) {
    return part.delivery_id == delivery_id && part.schema == schema_version;
  });
}

std::vector<VisibleSlice> visible_slices(const std::optional<DeliveryRecord>& readable,
                                         const std::vector<std::string>& ids,
                                         std::string_view delivery_id, bool force) {
  std::vector<VisibleSlice> visible;
  if (!readable) {
    for (const std::string& id : ids) {
      VisibleSlice nameless;
      nameless.slice.id = id;
      nameless.comparable = false;
      visible.push_back(std::move(nameless));
    }
    return visible;
  }
  const std::vector<Part> parts = parts_of(*readable);
  const auto origins = origins_of(parts, delivery_id);
  for (const Slice& slice : readable->slices) {
    const auto origin = origins.find(slice.id);
    VisibleSlice seen;
    seen.slice = slice;
    seen.comparable = !force && origin != origins.end() && origin->second.current;
    seen.own = origin != origins.end() && origin->second.own;
    visible.push_back(std::move(seen));
  }
  return visible;
}

bool may_stay(const std::vector<VisibleSlice>& visible, const Coverage& coverage) {
  return std::any_of(visible.begin(), visible.end(), [&coverage](const VisibleSlice& seen) {
    return seen.comparable && (seen.own || coverage.replaces(seen.slice.key));
  });
}

void describe(DeliveryRecord& record, const normalize::Findings& findings, const SlicePlan& plan,
              const std::optional<DeliveryRecord>& readable) {
  record.rows_read = findings.rows_read;
  record.rows_dropped = findings.rows_dropped;
  record.rows_dead = findings.rows_dead;
  record.negation_residues = findings.negation_residues;
  record.slices = plan.kept;
  record.replaced = plan.withdrawn;
  record.slices_kept = plan.kept.size();
  record.slices_loaded = 0;
  record.slices_withdrawn = plan.withdrawn.size();
  for (const auto& [key, slice] : findings.slices) {
    if (!plan.load.contains(key)) continue;
    ++record.slices_loaded;
    record.slices.push_back(slice);
  }
  std::sort(record.slices.begin(), record.slices.end(), [](const Slice& a, const Slice& b) {
    return std::tie(a.key, a.id) < std::tie(b.key, b.id);
  });
  record.parts = parts_after(record, plan, readable);
}

bool is_superseded(const DeliveryRecord& withheld, const DeliveryRecord& published) {
  if (withheld.token >= published.token) return false;
  return published.coverage.supersedes(withheld.coverage) ||
         is_in(published, withheld.delivery_id, withheld.coverage);
}

std::vector<std::string> deliveries_with_letters(const DeliveryRecord& record,
                                                 const std::vector<DeliveryRecord>& withheld) {
  std::set<std::string> ids = {record.delivery_id};
  for (const Part& part : record.parts) {
    if (part.rows_dead != 0 && part.stands()) ids.insert(part.delivery_id);
  }
  for (const DeliveryRecord& waiting : withheld) {
    if (!is_superseded(waiting, record)) ids.insert(waiting.delivery_id);
  }
  return {ids.begin(), ids.end()};
}

}  // namespace billow::sync
