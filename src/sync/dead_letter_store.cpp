#include "sync/dead_letter_store.hpp"

#include "elastic/filters.hpp"
#include "elastic/records.hpp"
#include "elastic/refresh.hpp"

#include <utility>

namespace billow::sync {
namespace {

constexpr int page_letters = 5'000;

/// {"ids":{"values":[<ids>]}}
void write_ids(JsonWriter& out, const std::vector<std::string>& ids) {
  out.StartObject();
  out.Key("ids");
  out.StartObject();
  out.Key("values");
  out.StartArray();
  for (const std::string& id : ids) out.String(id);
  out.EndArray();
  out.EndObject();
  out.EndObject();
}

/// {"range":{"Token":{<bound>:<token>}}}
void write_tokens(JsonWriter& out, std::string_view bound, std::uint64_t token) {
  out.StartObject();
  write_text(out, "range");
  out.StartObject();
  write_text(out, "Token");
  out.StartObject();
  write_member(out, bound, token);
  out.EndObject();
  out.EndObject();
  out.EndObject();
}

/// The letters of the record's feed and period; `own`: of its delivery, but for those with the ids
/// `kept`; otherwise of the deliveries that are not `kept`. Never those of a newer attempt, whose
/// daemon has taken the feed over.
std::string query_of(const DeliveryRecord& record, bool own, const std::vector<std::string>& kept) {
  rapidjson::StringBuffer out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.Key("size");
  writer.Int(page_letters);
  writer.Key("_source");
  writer.Bool(false);
  writer.Key("query");
  writer.StartObject();
  writer.Key("bool");
  writer.StartObject();
  writer.Key("filter");
  writer.StartArray();
  elastic::write_term(writer, "x_FeedId", record.feed);
  elastic::write_term(writer, "BillingPeriod", record.period);
  if (own) elastic::write_term(writer, "x_DeliveryId", record.delivery_id);
  writer.EndArray();
  writer.Key("must_not");
  writer.StartArray();
  if (own)
    write_ids(writer, kept);
  else
    elastic::write_terms(writer, "x_DeliveryId", kept);
  // What is excluded, since letters of older versions of Billow have no token. A delivery that was
  // found withheld meanwhile may have the record's own.
  write_tokens(writer, own ? "gt" : "gte", record.token);
  writer.EndArray();
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  return out.GetString();
}

/// Page by page: a serverless or cut-down cluster may lack _delete_by_query.
Task<void> remove(elastic::Cluster& cluster, std::string query, std::string version) {
  const std::string index(elastic::dead_letters_index);
  for (;;) {
    auto is_there = co_await elastic::refresh(cluster, index);
    if (!is_there) co_return is_there.error();
    if (!*is_there) co_return boost::system::in_place_value;
    auto found = co_await elastic::search_documents(cluster, index, query);
    if (!found) co_return found.error();
    if (found->empty()) co_return boost::system::in_place_value;
    elastic::BulkBody deletes;
    deletes.index = index;
    for (const elastic::Document& letter : *found) {
      deletes.offsets.push_back(static_cast<std::uint32_t>(deletes.bytes.size()));
      deletes.bytes += "{\"delete\":{\"_id\":\"" + letter.id + "\"," + version + "}}\n";
    }
    elastic::BulkWriter writer(cluster, elastic::BulkOptions());
    auto taken = co_await writer.submit(std::move(deletes));
    if (!taken) co_return taken.error();
    auto removed = co_await writer.drain();
    if (!removed) co_return removed.error();
    // What is left was written anew since the search.
    if (removed->stored + removed->missing == 0) co_return boost::system::in_place_value;
  }
}

}  // namespace

Task<void> store_dead_letters(elastic::Cluster& cluster, DeliveryRecord record,
                              std::vector<normalize::DeadLetter> letters,
                              std::vector<elastic::RejectedItem> rejected) {
  elastic::BulkBody body = dead_letter_body(record, letters);
  append_rejected(body, record, rejected);
  std::vector<std::string> ids = dead_letter_ids(body);
  if (body.items() != 0) {
    elastic::BulkWriter writer(cluster, elastic::BulkOptions());
    auto taken = co_await writer.submit(std::move(body));
    if (!taken) co_return taken.error();
    auto written = co_await writer.drain();
    if (!written) co_return written.error();
    if (written->rejected != 0) {
      co_return Error{Errc::rejected,
                      "dead letters were refused: " + written->rejected_items.front().reason};
    }
  }
  std::string query = query_of(record, true, ids);
  std::string version = letter_version(record);
  co_return co_await remove(cluster, std::move(query), std::move(version));
}

Task<void> drop_other_dead_letters(elastic::Cluster& cluster, DeliveryRecord record,
                                   std::vector<std::string> kept) {
  std::string query = query_of(record, false, kept);
  std::string version = letter_version(record);
  co_return co_await remove(cluster, std::move(query), std::move(version));
}

}  // namespace billow::sync
