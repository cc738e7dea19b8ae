#include "elastic/document_scan.hpp"

#include "charge/json_members.hpp"
#include "elastic/answer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace billow::elastic {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

constexpr std::string_view keep_alive = "5m";

/// Every page asks every shard. The sort value of a document is the number of its shard among those
/// that are asked, and its number in there: were a shard left out of one page since it has nothing
/// to find, and asked for another, documents would come twice or never. (Seen on 8.19 with an index
/// that was deleted in between.)
constexpr std::string_view search_path =
    "/_search?allow_partial_search_results=false&pre_filter_shard_size=1000000";

/// A document in an answer, and what else is said about it.
struct Hit {
  ScannedDocument document;
  std::string sort;
  bool found = true;
  bool failed = false;
};

error_code read_member(ondemand::field& field, Hit& hit) {
  const ondemand::raw_json_string key = field.key();
  if (key == "_id") {
    std::string_view id;
    if (auto ec = field.value().get_string().get(id)) return ec;
    hit.document.id = id;
  } else if (key == "_version") {
    return field.value().get_uint64().get(hit.document.version);
  } else if (key == "_source") {
    ondemand::object source;
    std::string_view raw;
    if (auto ec = field.value().get_object().get(source)) return ec;
    if (auto ec = source.raw_json().get(raw)) return ec;
    hit.document.source = raw;
  } else if (key == "sort") {
    ondemand::array sort;
    std::string_view raw;
    if (auto ec = field.value().get_array().get(sort)) return ec;
    if (auto ec = sort.raw_json().get(raw)) return ec;
    hit.sort = raw;
  } else if (key == "found") {
    return field.value().get_bool().get(hit.found);
  } else if (key == "error") {
    hit.failed = true;
  }
  return simdjson::SUCCESS;
}

error_code read_hit(ondemand::object members, Hit& hit) {
  for (auto entry : members) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    if (auto ec = read_member(field, hit)) return ec;
  }
  return simdjson::SUCCESS;
}

template <class Take>
error_code each_hit(ondemand::array hits, Take take) {
  for (auto element : hits) {
    ondemand::object members;
    if (auto ec = element.get_object().get(members)) return ec;
    Hit hit;
    if (auto ec = read_hit(members, hit)) return ec;
    take(std::move(hit));
  }
  return simdjson::SUCCESS;
}

struct Completeness {
  bool timed_out = true;
  std::int64_t failed = -1;
};

/// Members are read in the order in which Elasticsearch writes them, whatever it is.
error_code read_answer(ondemand::object answer, ScanPage& page, Completeness& complete) {
  for (auto entry : answer) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    const ondemand::raw_json_string key = field.key();
    if (key == "timed_out") {
      if (auto ec = field.value().get_bool().get(complete.timed_out)) return ec;
    } else if (key == "_shards") {
      if (auto ec = field.value()["failed"].get_int64().get(complete.failed)) return ec;
    } else if (key == "pit_id") {
      std::string_view pit;
      if (auto ec = field.value().get_string().get(pit)) return ec;
      page.pit = pit;
    } else if (key == "hits") {
      ondemand::array hits;
      if (auto ec = field.value()["hits"].get_array().get(hits)) return ec;
      const auto take = [&page](Hit hit) {
        page.after = std::move(hit.sort);
        page.documents.push_back(std::move(hit.document));
      };
      if (auto ec = each_hit(hits, take)) return ec;
    }
  }
  return simdjson::SUCCESS;
}

Error malformed_scan(const char* what, error_code ec) {
  return {Errc::malformed,
          std::string("the answer to ") + what + " cannot be read: " + simdjson::error_message(ec)};
}

}  // namespace

Result<ScanPage> read_scan_page(std::string json) {
  json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object answer;
  ScanPage page;
  Completeness complete;
  auto ec = parser.iterate(json.data(), json.size(), json.capacity()).get(document);
  if (!ec) ec = document.get_object().get(answer);
  if (!ec) ec = read_answer(answer, page, complete);
  if (ec) return malformed_scan("a search", ec);
  if (complete.timed_out || complete.failed != 0)
    return Error{Errc::transient, "not every shard could be searched"};
  return page;
}

Result<std::vector<ScannedDocument>> read_documents_answer(std::string json) {
  json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array docs;
  std::vector<ScannedDocument> documents;
  bool failed = false;
  auto ec = parser.iterate(json.data(), json.size(), json.capacity()).get(document);
  if (!ec) ec = document["docs"].get_array().get(docs);
  if (!ec) {
    ec = each_hit(docs, [&documents, &failed](Hit hit) {
      failed = failed || hit.failed;
      if (hit.found) documents.push_back(std::move(hit.document));
    });
  }
  if (ec) return malformed_scan("_mget", ec);
  if (failed) return Error{Errc::transient, "not every document could be looked for"};
  return documents;
}

DocumentScan::DocumentScan(Cluster& cluster, Request request)
    : cluster_(cluster), request_(std::move(request)) {}

Task<void> DocumentScan::open() {
  // Without the privilege the scan sees what the index shows by itself, a second later.
  auto refreshed = co_await cluster_.call("POST", "/" + request_.index + "/_refresh");
  if (!refreshed) co_return refreshed.error();
  const std::string path = "/" + request_.index + "/_pit?keep_alive=" + std::string(keep_alive);
  auto opened = co_await cluster_.call("POST", path);
  if (!opened) co_return opened.error();
  ended_ = opened->status == 404;
  if (ended_) co_return boost::system::in_place_value;
  if (opened->status >= 300) co_return error_of("POST " + path, *opened);
  simdjson::dom::parser parser;
  std::string_view id;
  if (parser.parse(opened->body)["id"].get(id) != simdjson::SUCCESS)
    co_return Error{Errc::malformed, "the answer to " + path + " holds no id"};
  pit_ = id;
  co_return boost::system::in_place_value;
}

std::string DocumentScan::body() const {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  const auto raw = [&out](std::string_view name, const std::string& json, rapidjson::Type type) {
    write_text(out, name);
    out.RawValue(json.data(), json.size(), type);
  };
  out.StartObject();
  write_member(out, "size", std::uint64_t{request_.page});
  raw("track_total_hits", "false", rapidjson::kFalseType);
  raw("version", "true", rapidjson::kTrueType);
  raw("_source", request_.sources ? "true" : "false", rapidjson::kTrueType);
  raw("query", request_.query, rapidjson::kObjectType);
  raw("sort", R"(["_shard_doc"])", rapidjson::kArrayType);
  if (!after_.empty()) raw("search_after", after_, rapidjson::kArrayType);
  write_text(out, "pit");
  out.StartObject();
  write_member(out, "id", pit_);
  write_member(out, "keep_alive", keep_alive);
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Task<std::vector<ScannedDocument>> DocumentScan::next() {
  if (pit_.empty() && !ended_) {
    if (auto opened = co_await open(); !opened) co_return opened.error();
  }
  while (!ended_) {
    auto answer = co_await cluster_.request("POST", std::string(search_path), body());
    if (!answer && answer.error().code == Errc::over_limit && request_.page > 1) {
      request_.page = std::max<std::size_t>(1, request_.page / 4);
      continue;
    }
    if (!answer) co_return within(request_.index, answer.error());
    auto page = read_scan_page(*std::move(answer));
    if (!page) co_return within(request_.index, page.error());
    if (!page->pit.empty()) pit_ = std::move(page->pit);
    ended_ = page->documents.size() < request_.page;
    after_ = std::move(page->after);
    co_return std::move(page->documents);
  }
  co_return std::vector<ScannedDocument>{};
}

Task<void> DocumentScan::close() {
  ended_ = true;
  if (pit_.empty()) co_return boost::system::in_place_value;
  std::string body = R"({"id":")" + std::exchange(pit_, {}) + R"("})";
  auto closed = co_await cluster_.call("DELETE", "/_pit", std::move(body));
  if (!closed) co_return closed.error();
  co_return boost::system::in_place_value;
}

Task<std::vector<ScannedDocument>> get_documents(Cluster& cluster, std::string index,
                                                 std::vector<std::string> ids) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  out.StartObject();
  write_text(out, "ids");
  out.StartArray();
  for (const std::string& id : ids) write_text(out, id);
  out.EndArray();
  out.EndObject();
  std::string body(buffer.GetString(), buffer.GetSize());
  auto answer = co_await cluster.request("POST", "/" + index + "/_mget", std::move(body));
  if (!answer) co_return answer.error();
  auto documents = read_documents_answer(*std::move(answer));
  if (!documents) co_return within(index, documents.error());
  co_return documents;
}

}  // namespace billow::elastic
