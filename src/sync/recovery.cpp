#include "sync/recovery.hpp"

#include "sync/delivery_id.hpp"
#include "sync/period_change.hpp"

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

void settle_open(const Situation& found, Recovery& plan) {
  for (const DeliveryRecord& record : found.open) {
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
  settle_open(found, plan);
  for (const std::string& id : found.stored) {
    if (std::binary_search(found.visible.slice_ids.begin(), found.visible.slice_ids.end(), id))
      continue;
    const std::optional<std::uint64_t> loaded_under = token_of_slice(id);
    plan.fence = plan.fence || (loaded_under && *loaded_under >= found.token);
    plan.drop.push_back(id);
  }
  return plan;
}

}  // namespace billow::sync
