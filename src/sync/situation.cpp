#include "sync/situation.hpp"

#include "elastic/audit_log.hpp"
#include "elastic/filters.hpp"
#include "elastic/index_family.hpp"
#include "elastic/records.hpp"
#include "elastic/refresh.hpp"
#include "elastic/slice_index.hpp"
#include "sync/audit_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace billow::sync {
namespace {

constexpr int open_records_max = 1'000;

/// The records of a period that still may have to be settled. Superseded ones are history.
std::string open_records_query(const std::string& feed, const std::string& period) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  std::vector<std::string> states;
  states.reserve(std::size(open_states));
  for (const DeliveryState state : open_states) states.emplace_back(name_of(state));
  writer.StartObject();
  writer.Key("size");
  writer.Int(open_records_max);
  elastic::open_query(writer);
  elastic::write_term(writer, "x_FeedId", feed);
  elastic::write_term(writer, "BillingPeriod", period);
  elastic::write_terms(writer, "State", states);
  elastic::close_query(writer);
  writer.EndObject();
  return out.GetString();
}

/// The delivery records that may have to be settled.
struct Records {
  std::optional<DeliveryRecord> shown;
  std::vector<DeliveryRecord> open;
};

Task<Records> read_records(elastic::Cluster& cluster, std::string query, std::string shown_id) {
  Records found;
  const std::string index(elastic::deliveries_index);
  if (!shown_id.empty()) {
    // By its id, which shows the newest state whether the index was refreshed or not.
    auto document = co_await elastic::get_document(cluster, index, shown_id);
    if (!document) co_return document.error();
    if (*document) {
      auto record = DeliveryRecord::from_json(**document);
      if (record) found.shown = std::move(*record);
    }
  }
  auto documents = co_await elastic::search_documents(cluster, index, std::move(query));
  if (!documents) co_return documents.error();
  for (const elastic::Document& document : *documents) {
    if (document.id == shown_id) continue;
    auto record = DeliveryRecord::from_json(document.source);
    if (record && record->document_id() == document.id) found.open.push_back(std::move(*record));
  }
  co_return found;
}

void take_audited(Situation& found, const audit::Record& newest) {
  found.audited = newest.token;
  if (audit::is_as_written(newest) && newest.delivery_record() == found.visible.delivery_id)
    found.recorded = delivery_record(newest);
}

/// A token below that of a publication is what a billow-state that was restored from before it has.
/// Publications would get tokens that the audit chain has already.
Task<void> check_token(elastic::Cluster& cluster, std::string feed, std::uint64_t audited) {
  auto token = co_await elastic::read_token(cluster, feed);  // again: somebody may have published
  if (!token) co_return token.error();
  if (*token >= audited) co_return boost::system::in_place_value;
  const std::string alias = fmt::format("billow-epoch-{}-{}", feed, *token);
  co_return Error{Errc::malformed,
                  fmt::format("the fencing token of {} is {}, and a publication under {} is "
                              "recorded: {} is older than the audit chain, as after a restore. "
                              "Remove the alias {} from it, and the next pass begins above what is "
                              "recorded",
                              feed, *token, audited, elastic::state_index, alias)};
}

/// Which index of a period readers see, and which one is to be written to.
struct Indices {
  elastic::Visible visible;
  std::string target;
  std::vector<std::string> retired;
};

Task<Indices> read_indices(elastic::Cluster& cluster, std::string family) {
  auto members = co_await elastic::read_family(cluster, family);
  if (!members) co_return members.error();
  Indices found;
  found.target = elastic::newest_of(family, *members);
  found.visible.index = found.target;
  bool shown = false;
  for (elastic::FamilyIndex& member : *members) {
    if (member.shown && shown)
      co_return Error{Errc::malformed,
                      "readers see two indices of one period; remove the alias from " +
                          found.visible.index + " or " + member.visible.index};
    shown = shown || member.shown;
    if (member.shown)
      found.visible = std::move(member.visible);
    else if (member.visible.index != found.target)
      found.retired.push_back(member.visible.index);
  }
  co_return found;
}

/// Everything stored of the period.
Task<std::vector<std::string>> read_all_stored(elastic::Cluster& cluster, elastic::Visible visible,
                                               std::string target) {
  auto stored = co_await read_stored(cluster, visible);
  if (!stored || visible.index == target) co_return stored;
  visible.index = std::move(target);
  auto loaded = co_await read_stored(cluster, std::move(visible));
  if (!loaded) co_return loaded.error();
  std::vector<std::string> all;
  std::ranges::set_union(*stored, *loaded, std::back_inserter(all));
  co_return all;
}

}  // namespace

Task<std::vector<std::string>> read_stored(elastic::Cluster& cluster, elastic::Visible visible) {
  auto is_there = co_await elastic::refresh(cluster, visible.index);
  if (!is_there) co_return is_there.error();
  if (!*is_there) co_return std::vector<std::string>{};
  // A count is cheap, and nearly always says that there is nothing to look at.
  auto outside = co_await elastic::count_lines_outside(cluster, visible.index, visible.slice_ids);
  if (!outside) co_return outside.error();
  if (*outside == 0) co_return visible.slice_ids;
  auto slices = co_await elastic::sum_slices(cluster, visible.index);
  if (!slices) co_return slices.error();
  std::vector<std::string> ids;
  for (const auto& [id, slice] : *slices) ids.push_back(id);
  co_return ids;
}

Task<Situation> read_situation(elastic::Cluster& cluster, std::string feed, std::string period) {
  Situation found;
  auto token = co_await elastic::read_token(cluster, feed);
  if (!token) co_return token.error();
  found.token = *token;
  auto indices = co_await read_indices(cluster, elastic::charges_index(feed, period));
  if (!indices) co_return indices.error();
  found.visible = std::move(indices->visible);
  found.target = std::move(indices->target);
  found.retired = std::move(indices->retired);
  std::string query = open_records_query(feed, period);
  auto records = co_await read_records(cluster, std::move(query), found.visible.delivery_id);
  if (!records) co_return records.error();
  found.shown = std::move(records->shown);
  found.open = std::move(records->open);
  if (!found.visible.delivery_id.empty()) {
    auto audited = co_await elastic::last_audited(cluster, feed, period);
    if (!audited) co_return audited.error();
    if (*audited) take_audited(found, **audited);
    if (found.audited.value_or(0) > found.token) {
      auto checked = co_await check_token(cluster, feed, *found.audited);
      if (!checked) co_return checked.error();
    }
  }
  auto stored = co_await read_all_stored(cluster, found.visible, found.target);
  if (!stored) co_return stored.error();
  found.stored = std::move(*stored);
  co_return found;
}

}  // namespace billow::sync
