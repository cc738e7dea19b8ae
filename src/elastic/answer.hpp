#pragma once

#include "base/error.hpp"
#include "http/client.hpp"

#include <string>
#include <string_view>

/// What an answer of Elasticsearch means. Pure.
namespace billow::elastic {

/// The code for a status of 300 or more, as Cluster::request() promises.
Errc code_of_status(int status) noexcept;

/// `where: 404 index_not_found_exception: no such index [x]`
Error error_of(std::string_view where, const http::Response& response);

/// Elasticsearch's "error.type" of an answer, "" when there is none.
std::string error_type_of(const http::Response& response);

/// True for a 404 or a success that something in between made up: the "not found" of a gateway that
/// has lost its route, or a page to sign in. Elasticsearch names itself in every answer
/// (X-elastic-product), and its own clients take no other success for one.
bool is_made_up(const http::Response& response);
/// `where: 404 without Elasticsearch's X-elastic-product, text/plain that begins with: ...`
Error error_of_made_up(std::string_view where, const http::Response& response);

/// True for a 404 about an index that the path of the request (from its `/` on) does not name: one
/// of those behind the alias or pattern that was asked was deleted meanwhile. The same request does
/// without it.
bool is_of_deleted_index(std::string_view path, const http::Response& response);

}  // namespace billow::elastic
