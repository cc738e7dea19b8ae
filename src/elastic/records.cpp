#include "elastic/records.hpp"

#include "elastic/answer.hpp"

#include <simdjson.h>

namespace billow::elastic {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

/// Reads `_id` and, as it stands, `_source`: numbers keep every digit.
error_code read_hit(ondemand::object hit, Document& document) {
  for (auto entry : hit) {
    ondemand::field field;
    if (auto ec = std::move(entry).get(field)) return ec;
    if (field.key() == "_id") {
      std::string_view id;
      if (auto ec = field.value().get_string().get(id)) return ec;
      document.id = id;
    } else if (field.key() == "_source") {
      ondemand::object source;
      std::string_view raw;
      if (auto ec = field.value().get_object().get(source)) return ec;
      if (auto ec = source.raw_json().get(raw)) return ec;
      document.source = raw;
    }
  }
  return simdjson::SUCCESS;
}

error_code read_hits(std::string& json, std::vector<Document>& documents) {
  json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  ondemand::parser parser;
  ondemand::document answer;
  if (auto ec = parser.iterate(json.data(), json.size(), json.capacity()).get(answer)) return ec;
  ondemand::array hits;
  const error_code found = answer["hits"]["hits"].get_array().get(hits);
  if (found == simdjson::NO_SUCH_FIELD) return simdjson::SUCCESS;
  if (found) return found;
  for (auto element : hits) {
    ondemand::object hit;
    if (auto ec = element.get_object().get(hit)) return ec;
    Document document;
    if (auto ec = read_hit(hit, document)) return ec;
    documents.push_back(std::move(document));
  }
  return simdjson::SUCCESS;
}

}  // namespace

Task<void> put_document(Cluster& cluster, std::string index, Document document) {
  std::string path = "/" + index + "/_doc/" + http::percent_encode(document.id) + "?refresh=true";
  auto written = co_await cluster.request("PUT", std::move(path), std::move(document.source));
  if (!written) co_return written.error();
  co_return Result<void>{};
}

Task<std::optional<std::string>> get_document(Cluster& cluster, std::string index, std::string id) {
  const std::string path = "/" + index + "/_source/" + http::percent_encode(id);
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return std::optional<std::string>{};
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return std::optional<std::string>(std::move(response->body));
}

Task<void> delete_document(Cluster& cluster, std::string index, std::string id) {
  const std::string path = "/" + index + "/_doc/" + http::percent_encode(id) + "?refresh=true";
  auto response = co_await cluster.call("DELETE", path);
  if (!response) co_return response.error();
  if (response->status >= 300 && response->status != 404)
    co_return error_of("DELETE " + path, *response);
  co_return Result<void>{};
}

Task<std::vector<Document>> search_documents(Cluster& cluster, std::string index,
                                             std::string body) {
  // No filter_path: it would make Elasticsearch read the sources and write their numbers anew, as
  // doubles.
  // No ignore_unavailable: it would also hide an index that the user may not read.
  std::string path = "/" + index + "/_search?allow_partial_search_results=false";
  auto answer = co_await cluster.request("POST", std::move(path), std::move(body));
  std::vector<Document> documents;
  if (!answer && answer.error().code == Errc::not_found) co_return documents;
  if (!answer) co_return answer.error();
  std::string json = *std::move(answer);
  if (auto ec = read_hits(json, documents)) {
    co_return Error{Errc::malformed, "the answer to a search of " + index +
                                         " cannot be read: " + simdjson::error_message(ec)};
  }
  co_return documents;
}

}  // namespace billow::elastic
