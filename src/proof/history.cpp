#include "proof/history.hpp"

#include "audit/canonical.hpp"
#include "charge/json_members.hpp"
#include "proof/records.hpp"

#include <algorithm>
#include <utility>

namespace billow::proof {
namespace {

ControlTotals totals_of(const audit::Record& record, std::optional<std::int32_t> day) {
  ControlTotals totals;
  for (const Slice& slice : record.slices)
    if (!day || slice.key.day == *day) totals.add(slice.totals);
  return totals;
}

bool nothing_moved(const audit::Movement& movement) {
  const auto zero = [](const DecimalSum& sum) { return sum.is_zero(); };
  return movement.lines == 0 && std::all_of(movement.sums.begin(), movement.sums.end(), zero);
}

std::string query_of(const Scope& scope) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  const auto terms = [&out](const char* field, const std::vector<std::string>& values) {
    if (values.empty()) return;
    out.StartObject();
    out.Key("terms");
    out.StartObject();
    out.Key(field);
    out.StartArray();
    for (const std::string& value : values) write_text(out, value);
    out.EndArray();
    out.EndObject();
    out.EndObject();
  };
  out.StartObject();
  out.Key("bool");
  out.StartObject();
  out.Key("filter");
  out.StartArray();
  terms("x_FeedId", scope.feeds);
  if (scope.period) terms("BillingPeriod", {*scope.period});
  out.EndArray();
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

void History::take(const audit::StoredRecord& stored) {
  auto record = audit::Record::from_json(stored.source);
  const auto hash = audit::hash_of(stored.source);
  if (!record || !hash) {
    unreadable_.push_back(stored.place);
    return;
  }
  HistoryEvent event;
  event.totals = totals_of(*record, day_);
  event.slices = record->slices.size();
  event.sound = *hash == record->hash && record->sequence == stored.place;
  ControlTotals& before = before_[{record->feed, record->period}];
  event.moved = audit::movements(before, event.totals);
  const bool same = before.digest == event.totals.digest &&
                    std::all_of(event.moved.begin(), event.moved.end(), nothing_moved);
  before = event.totals;
  if (day_ && same) return;
  event.record = *std::move(record);
  event.record.slices.clear();
  events_.push_back(std::move(event));
}

Task<bool> has_records(elastic::Cluster& cluster, std::string feed) {
  Scope scope;
  scope.feeds.push_back(std::move(feed));
  RecordReader reader(cluster, {});
  auto listed = co_await reader.list(query_of(scope));
  if (!listed) co_return listed.error();
  co_return !listed->places.empty();
}

Task<History> read_history(elastic::Cluster& cluster, Scope scope, std::optional<std::int32_t> day,
                           OnProgress on_progress) {
  RecordReader reader(cluster, std::move(on_progress));
  auto listed = co_await reader.list(query_of(scope));
  if (!listed) co_return listed.error();
  History history(day);
  RecordReader::Take take = [&history](const audit::StoredRecord& stored) { history.take(stored); };
  auto read = co_await reader.read(std::move(listed->places), std::move(take));
  if (!read) co_return read.error();
  co_return history;
}

}  // namespace billow::proof
