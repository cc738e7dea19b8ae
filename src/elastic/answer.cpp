#include "elastic/answer.hpp"

#include "elastic/cluster.hpp"

#include <simdjson.h>

#include <algorithm>
#include <ranges>

namespace billow::elastic {
namespace {

constexpr std::size_t shown_bytes_max = 300;

struct Reason {
  std::string type;
  std::string text;
  std::string index;  ///< that it is about; "" where none is named
};

std::string string_at(simdjson::dom::element object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

/// What lies at the end of a chain of causes; "" where an error names none.
std::string innermost_cause(simdjson::dom::element error) {
  std::string cause;
  for (simdjson::dom::element inner; error["caused_by"].get(inner) == simdjson::SUCCESS;) {
    cause = string_at(inner, "reason");
    error = inner;
  }
  return cause;
}

/// The error of an answer. Several shards that failed alike are told by their first cause.
Reason read_reason(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element error;
  if (parser.parse(body)["error"].get(error) != simdjson::SUCCESS) return {};
  std::string_view plain;
  if (error.get(plain) == simdjson::SUCCESS) return {"", std::string(plain), ""};
  if (!error.is_object()) return {};
  simdjson::dom::element cause;
  if (string_at(error, "type") == "search_phase_execution_exception" &&
      error["root_cause"].at(0).get(cause) == simdjson::SUCCESS) {
    error = cause;
  }
  Reason reason{string_at(error, "type"), string_at(error, "reason"), string_at(error, "index")};
  const std::string behind = innermost_cause(error);
  if (reason.text.find(behind) == std::string::npos) reason.text += ": " + behind;
  return reason;
}

/// The first bytes of an answer that is not Elasticsearch's, on one line.
std::string first_bytes(const http::Response& response) {
  if (response.body.empty()) return "an empty answer";
  std::string text = response.body.substr(0, shown_bytes_max);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const std::string_view type = response.header("content-type");
  return (type.empty() ? std::string("an answer") : std::string(type)) +
         " that begins with: " + text;
}

}  // namespace

Errc code_of_status(int status) noexcept {
  switch (status) {
    case 401:
    case 403:
      return Errc::unauthorized;
    case 404:
      return Errc::not_found;
    case 409:
      return Errc::conflict;
    case 413:
      return Errc::over_limit;
    case 429:
      return Errc::throttled;
    default:
      return status >= 500 ? Errc::transient : Errc::rejected;
  }
}

std::string reason_of(const http::Response& response) {
  const Reason reason = read_reason(response.body);
  if (reason.type.empty() && reason.text.empty()) return first_bytes(response);
  if (reason.type.empty()) return reason.text;
  return reason.type + ": " + reason.text;
}

std::string error_type_of(const http::Response& response) {
  return read_reason(response.body).type;
}

bool is_made_up(const http::Response& response) {
  const bool counts = response.status < 300 || response.status == 404;
  return counts && response.header("x-elastic-product") != "Elasticsearch";
}

Error error_of_made_up(std::string_view where, const http::Response& response) {
  return {Errc::transient, std::string(where) + ": " + std::to_string(response.status) +
                               " without Elasticsearch's X-elastic-product, " +
                               first_bytes(response)};
}

bool is_of_deleted_index(std::string_view path, const http::Response& response) {
  // What begins with `_` names its indices in the body, if at all.
  if (response.status != 404 || path.substr(0, 2) == "/_") return false;
  const Reason reason = read_reason(response.body);
  if (reason.type != "index_not_found_exception" || reason.index.empty()) return false;
  std::string_view asked = path.substr(0, path.find('?'));
  asked.remove_prefix(std::min<std::size_t>(asked.size(), 1));
  asked = asked.substr(0, asked.find('/'));
  for (const auto name : std::views::split(asked, ',')) {
    if (std::string_view(name.begin(), name.end()) == reason.index) return false;
  }
  return true;
}

Error error_of(std::string_view where, const http::Response& response) {
  return {code_of_status(response.status),
          std::string(where) + ": " + std::to_string(response.status) + " " + reason_of(response)};
}

}  // namespace billow::elastic
