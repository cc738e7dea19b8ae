#include "fake_bulk.hpp"

namespace billow::elastic {
namespace {

std::string id_in(const std::string& line) {
  const std::string key = R"("_id":")";
  const std::size_t start = line.find(key) + key.size();
  return line.substr(start, line.find('"', start) - start);
}

std::string answer_item(const std::string& action, int status) {
  std::string item = R"({")" + action + R"(":{"status":)" + std::to_string(status);
  switch (status) {
    case 200:
    case 201:
      break;
    case 404:
      if (action == "delete") break;
      item += R"(,"error":{"type":"index_not_found_exception","reason":"no such index [x]"})";
      break;
    case 409:
      item += R"(,"error":{"type":"version_conflict_engine_exception","reason":"exists"})";
      break;
    case 429:
      item += R"(,"error":{"type":"es_rejected_execution_exception","reason":"full"})";
      break;
    case 403:
      item += R"(,"error":{"type":"security_exception","reason":"may not"})";
      break;
    case 503:
      item += R"(,"error":{"type":"unavailable_shards_exception","reason":"no shard"})";
      break;
    default:
      item += R"(,"error":{"type":"document_parsing_exception","reason":"cannot parse \"x\""})";
      break;
  }
  return item + "}}";
}

}  // namespace

std::vector<FakeAction> read_actions(const std::string& body) {
  std::vector<FakeAction> actions;
  std::size_t at = 0;
  while (at < body.size()) {
    std::size_t end = body.find('\n', at) + 1;
    FakeAction action;
    action.action = body.compare(at, 9, R"({"create")") == 0 ? "create" : "delete";
    action.id = id_in(body.substr(at, end - at));
    if (action.action == "create") end = body.find('\n', end) + 1;
    action.line = body.substr(at, end - at);
    actions.push_back(std::move(action));
    at = end;
  }
  return actions;
}

Reply FakeBulk::apply(const Received& request) {
  bool errors = false;
  std::string items;
  for (const FakeAction& action : read_actions(request.body)) {
    int status = refuse ? refuse(action) : 0;
    if (status == 0 && action.action == "create") {
      const bool is_new = documents.emplace(action.id, action.line).second;
      if (is_new) ++times_stored[action.id];
      status = is_new ? 201 : 409;
    } else if (status == 0) {
      status = documents.erase(action.id) == 1 ? 200 : 404;
    }
    const bool missing = action.action == "delete" && status == 404;
    errors = errors || (status > 299 && !missing);
    items += (items.empty() ? "" : ",") + answer_item(action.action, status);
  }
  return {200, R"({"errors":)" + std::string(errors ? "true" : "false") + R"(,"took":3,"items":[)" +
                   items + "]}"};
}

BulkBody make_body(const std::string& name, int count, int first, std::size_t bytes) {
  BulkBody body;
  body.index = "billow-charges-test-2026-06";
  for (int i = first; i < first + count; ++i) {
    body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
    const std::string id = name + "-" + std::to_string(i);
    body.bytes += R"({"create":{"_id":")" + id + "\"}}\n";
    body.bytes += R"({"text":")" + std::string(bytes, 'x') + "\"}\n";
  }
  return body;
}

BulkBody make_deletes(const std::string& name, int count, int first) {
  BulkBody body;
  body.index = "billow-charges-test-2026-06";
  for (int i = first; i < first + count; ++i) {
    body.offsets.push_back(static_cast<std::uint32_t>(body.bytes.size()));
    body.bytes += R"({"delete":{"_id":")" + name + "-" + std::to_string(i) + "\"}}\n";
  }
  return body;
}

}  // namespace billow::elastic
