#include "elastic/audit_log.hpp"

#include "base/deadline.hpp"
#include "charge/json_members.hpp"
#include "elastic/answer.hpp"
#include "elastic/filters.hpp"
#include "elastic/publication.hpp"
#include "elastic/records.hpp"
#include "elastic/refresh.hpp"

#include <rapidjson/pointer.h>

#include <utility>
#include <vector>

namespace billow::elastic {
namespace {

using std::chrono_literals::operator""ms;

/// Daemons that append at the same moment get in each other's way; each round one gets through.
constexpr int append_rounds_max = 100;
constexpr auto append_round_delay = 20ms;

/// What the index says before an append, all of it from one search and so of one moment.
struct Situation {
  std::optional<AuditHead> tail;
  std::optional<audit::Record> same;    ///< the record of this very publication
  std::optional<audit::Record> before;  ///< the newest record of the feed and period
};

Error malformed_log(const std::string& what) {
  return {Errc::malformed, std::string(audit_index) + ": " + what};
}

/// "top_hits": the first record in one order of sequence numbers.
void write_top(JsonWriter& out, bool newest, bool whole) {
  write_text(out, "top_hits");
  out.StartObject();
  write_member(out, "size", std::uint64_t{1});
  write_text(out, "sort");
  constexpr std::string_view descending =
      R"([{"Sequence":{"order":"desc","unmapped_type":"long"}}])";
  constexpr std::string_view ascending = R"([{"Sequence":{"order":"asc","unmapped_type":"long"}}])";
  const std::string_view order = newest ? descending : ascending;
  out.RawValue(order.data(), order.size(), rapidjson::kArrayType);
  if (!whole) {
    write_text(out, "_source");
    constexpr std::string_view ends = R"(["Sequence","Hash"])";
    out.RawValue(ends.data(), ends.size(), rapidjson::kArrayType);
  }
  out.EndObject();
}

/// A condition: this field has this value.
using Term = std::pair<std::string_view, std::string>;

/// An aggregation named `name`: the first record among those that meet every condition.
void write_found(JsonWriter& out, std::string_view name, const std::vector<Term>& terms,
                 bool newest) {
  write_text(out, name);
  out.StartObject();
  write_text(out, "filter");
  out.StartObject();
  write_text(out, "bool");
  out.StartObject();
  write_text(out, "filter");
  out.StartArray();
  for (const auto& [field, value] : terms) write_term(out, field, value);
  out.EndArray();
  out.EndObject();
  out.EndObject();
  write_text(out, "aggs");
  out.StartObject();
  write_text(out, "first");
  out.StartObject();
  write_top(out, newest, true);
  out.EndObject();
  out.EndObject();
  out.EndObject();
}

std::string situation_body(const audit::Record& record) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_member(out, "size", std::uint64_t{0});
  write_text(out, "aggs");
  out.StartObject();
  write_text(out, "tail");
  out.StartObject();
  write_top(out, true, false);
  out.EndObject();
  std::vector<Term> terms = {{"x_FeedId", record.feed}, {"BillingPeriod", record.period}};
  write_found(out, "before", terms, true);
  // By the delivery as well: a record of another one with this token would not tell what readers
  // see now.
  terms.emplace_back("x_DeliveryId", record.delivery_id);
  terms.emplace_back("Token", std::to_string(record.token));
  write_found(out, "same", terms, false);
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// The source of the only hit of a top_hits aggregation; nullptr when there is none.
const rapidjson::Value* source_of(const rapidjson::Document& answer, const std::string& place) {
  const std::string path = "/aggregations/" + place + "/hits/hits/0/_source";
  return rapidjson::Pointer(path).Get(answer);
}

Result<std::optional<audit::Record>> record_at(const rapidjson::Document& answer,
                                               const std::string& place) {
  const rapidjson::Value* source = source_of(answer, place);
  if (source == nullptr) return std::optional<audit::Record>();
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  source->Accept(out);
  auto record = audit::Record::from_json({buffer.GetString(), buffer.GetSize()});
  if (!record) return within(audit_index, record.error());
  return std::optional<audit::Record>(*std::move(record));
}

AuditHead read_head(const rapidjson::Value& source, bool& ok) {
  const JsonReader in(source, ok);
  AuditHead head;
  head.sequence = in.number("Sequence");
  head.hash = in.text("Hash");
  return head;
}

Result<Situation> read_situation(const std::string& json) {
  rapidjson::Document answer;
  answer.Parse(json.data(), json.size());
  if (answer.HasParseError() || rapidjson::Pointer("/aggregations").Get(answer) == nullptr)
    return malformed_log("the answer to the search of its end cannot be read");
  Situation situation;
  if (const rapidjson::Value* tail = source_of(answer, "tail")) {
    bool ok = true;
    situation.tail = read_head(*tail, ok);
    if (!ok) return malformed_log("its last record has no sequence number and hash");
  }
  auto same = record_at(answer, "same/first");
  if (!same) return same.error();
  auto before = record_at(answer, "before/first");
  if (!before) return before.error();
  situation.same = *std::move(same);
  situation.before = *std::move(before);
  return situation;
}

Task<Situation> look(Cluster& cluster, std::string body) {
  auto there = co_await refresh(cluster, std::string(audit_index));
  if (!there) co_return there.error();
  if (!*there) co_return Situation();
  auto answer = co_await cluster.request(
      "POST",
      "/" + std::string(audit_index) +
          "/_search?allow_partial_search_results=false&request_cache=false",
      std::move(body));
  if (!answer) co_return answer.error();
  co_return read_situation(*answer);
}

/// Moves the head on, never back: Elasticsearch takes a document only when its external version,
/// the sequence number, is higher than that of the one it has.
Task<void> put_head(Cluster& cluster, AuditHead head) {
  std::string body =
      R"({"Sequence":)" + std::to_string(head.sequence) + R"(,"Hash":")" + head.hash + R"("})";
  const std::string path = "/" + std::string(state_index) + "/_doc/" + std::string(audit_head_id);
  const std::string query = "?version_type=external&version=" + std::to_string(head.sequence);
  auto response = co_await cluster.call("PUT", path + query, std::move(body));
  if (!response) co_return response.error();
  if (response->status >= 300 && response->status != 409)
    co_return error_of("PUT " + path, *response);
  co_return Result<void>{};
}

/// False when another record took the place first.
Task<bool> create(Cluster& cluster, audit::Record record) {
  const std::string path =
      "/" + std::string(audit_index) + "/_create/" + audit::record_id(record.sequence);
  auto response = co_await cluster.call("PUT", path, record.to_json());
  if (!response) co_return response.error();
  if (response->status == 409) co_return false;
  if (response->status >= 300) co_return error_of("PUT " + path, *response);
  co_return true;
}

/// One round of an append; nullopt when another record took the place first.
Task<std::optional<AppendResult>> try_append(Cluster& cluster, audit::Record record) {
  // Before the search: a head read later could be ahead of what the search found.
  auto head = co_await read_audit_head(cluster);
  if (!head) co_return head.error();
  auto situation = co_await look(cluster, situation_body(record));
  if (!situation) co_return situation.error();
  AppendResult result;
  result.already_recorded = situation->same.has_value();
  if (situation->same) {
    result.record = *std::move(situation->same);
  } else {
    const AuditHead last = predecessor(*head, situation->tail);
    audit::describe_change(record,
                           situation->before ? situation->before->slices : std::vector<Slice>());
    audit::seal(record, last.sequence + 1, last.hash);
    auto created = co_await create(cluster, record);
    if (!created) co_return created.error();
    if (!*created) co_return std::optional<AppendResult>();
    result.record = std::move(record);
  }
  AuditHead next;
  next.sequence = result.record.sequence;
  next.hash = result.record.hash;
  if (auto moved = co_await put_head(cluster, std::move(next)); !moved) co_return moved.error();
  co_return std::optional<AppendResult>(std::move(result));
}

}  // namespace

AuditHead predecessor(const std::optional<AuditHead>& head, const std::optional<AuditHead>& tail) {
  if (head && (!tail || tail->sequence <= head->sequence)) return *head;
  if (tail) return *tail;
  return {0, std::string(audit::no_hash)};
}

Task<AppendResult> append_audit(Cluster& cluster, audit::Record record) {
  for (int round = 0; round < append_rounds_max; ++round) {
    auto appended = co_await try_append(cluster, record);
    if (!appended) co_return within("audit chain", appended.error());
    if (*appended) co_return **std::move(appended);
    co_await sleep_for(append_round_delay);
  }
  co_return Error{Errc::conflict, "audit chain: too many daemons append at once"};
}

Task<std::optional<audit::Record>> last_audited(Cluster& cluster, std::string feed,
                                                std::string period) {
  audit::Record wanted;
  wanted.feed = std::move(feed);
  wanted.period = std::move(period);
  auto situation = co_await look(cluster, situation_body(wanted));
  if (!situation) co_return within("audit chain", situation.error());
  co_return std::move(situation->before);
}

Task<std::optional<AuditHead>> read_audit_head(Cluster& cluster) {
  auto document =
      co_await get_document(cluster, std::string(state_index), std::string(audit_head_id));
  if (!document) co_return document.error();
  if (!*document) co_return std::optional<AuditHead>();
  rapidjson::Document source;
  source.Parse((*document)->data(), (*document)->size());
  bool ok = !source.HasParseError();
  std::optional<AuditHead> head;
  if (ok) head = read_head(source, ok);
  if (!ok)
    co_return Error{Errc::malformed, std::string(state_index) + "/" + std::string(audit_head_id) +
                                         ": Sequence or Hash is missing or of a wrong type"};
  co_return head;
}

}  // namespace billow::elastic
