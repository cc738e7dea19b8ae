#include "sync/recovery.hpp"

#include "sync/delivery_id.hpp"
#include "sync/period_change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace billow::sync {
namespace {

bool is_attempt(const DeliveryRecord& record) {
  return record.state == DeliveryState::loading || record.state == DeliveryState::verified;
}

bool describes(const DeliveryRecord& record, const elastic::Visible& visible) {
  return slice_ids(record.slices) == visible.slice_ids;
}

DeliveryRecord in_state(DeliveryRecord record, DeliveryState state) {
  record.state = state;
  return record;
}

void settle_shown(const Situation& found, Recovery& plan) {
  if (!found.shown || !describes(*found.shown, found.visible)) {
    if (!found.recorded || !describes(*found.recorded, found.visible)) return;
    plan.published = found.recorded;
    plan.restate.push_back(*found.recorded);
    return;
  }
  plan.published = in_state(*found.shown, DeliveryState::published);
  if (found.shown->state != DeliveryState::published) plan.restate.push_back(*plan.published);
  const std::uint64_t publication = found.shown->publication_token();
  plan.append_audit = !found.audited || *found.audited < publication;
}

bool is_visible(const Situation& found, const std::string& id) {
  return std::ranges::binary_search(found.visible.slice_ids, id);
}

bool lists(const DeliveryRecord& record, const std::string& id) {
  return std::ranges::find(record.slices, id, &Slice::id) != record.slices.end();
}

/// What is known to have been published last.
const DeliveryRecord* last_published(const Situation& found) {
  if (found.visible.delivery_id.empty()) {
    const auto open =
        std::ranges::find(found.open, DeliveryState::published, &DeliveryRecord::state);
    return open == found.open.end() ? nullptr : &*open;
  }
  if (found.shown) return &*found.shown;
  return found.recorded ? &*found.recorded : nullptr;
}

void settle_hidden(const Situation& found, Recovery& plan) {
  const DeliveryRecord* const record = last_published(found);
  if (plan.published || !record) return;
  const bool stored = std::ranges::any_of(found.stored, [&](const std::string& id) {
    return lists(*record, id) && !is_visible(found, id);
  });
  // An index that is outdated and lost its alias looks like one that was left behind.
  const bool retired = found.visible.delivery_id.empty() && !found.retired.empty();
  if (stored || retired) plan.hidden = *record;
}

void settle_open(const Situation& found, Recovery& plan) {
  for (const DeliveryRecord& record : found.open) {
    if (plan.hidden && plan.hidden->document_id() == record.document_id()) continue;
    if (record.state == DeliveryState::published) {
      plan.restate.push_back(in_state(record, DeliveryState::superseded));
    } else if (is_attempt(record)) {
      plan.fence = plan.fence || record.token >= found.token;
      plan.forget.push_back(record.document_id());
    } else if (plan.published && record.state == DeliveryState::withheld &&
               is_superseded(record, *plan.published)) {
      plan.forget.push_back(record.document_id());
    }
  }
}

}  // namespace

Recovery plan_recovery(const Situation& found) {
  Recovery plan;
  settle_shown(found, plan);
  settle_hidden(found, plan);
  settle_open(found, plan);
  for (const std::string& id : found.stored) {
    if (is_visible(found, id) || (plan.hidden && lists(*plan.hidden, id))) continue;
    const std::optional<std::uint64_t> loaded_under = token_of_slice(id);
    plan.fence = plan.fence || (loaded_under && *loaded_under >= found.token);
    plan.drop.push_back(id);
  }
  return plan;
}

Error not_shown(const DeliveryRecord& hidden, const std::vector<std::string>& indices) {
  elastic::Visible published;
  published.delivery_id = hidden.document_id();
  published.slice_ids = slice_ids(hidden.slices);
  return {Errc::malformed,
          fmt::format("readers do not see all of {} that was published, and nothing took its place:"
                      " the alias {} of that index is missing or was altered. Either put the alias "
                      "back with its filter, which was {}, or delete the index by hand if nobody "
                      "wants it",
                      fmt::join(indices, " or "), elastic::charges_alias,
                      elastic::alias_filter(published))};
}

}  // namespace billow::sync
