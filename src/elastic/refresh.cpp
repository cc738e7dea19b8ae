#include "elastic/refresh.hpp"

#include "elastic/answer.hpp"

#include <simdjson.h>

#include <cstdint>

namespace billow::elastic {

Result<void> read_refresh_answer(const std::string& json) {
  simdjson::dom::parser parser;
  std::int64_t failed = 0;
  if (parser.parse(json)["_shards"]["failed"].get(failed) != simdjson::SUCCESS)
    return Error{Errc::malformed, "the answer to _refresh does not tell of shards that failed"};
  if (failed != 0)
    return Error{Errc::transient, std::to_string(failed) + " shards could not be refreshed"};
  return {};
}

Task<bool> refresh(Cluster& cluster, std::string index) {
  const std::string path = "/" + index + "/_refresh";
  auto refreshed = co_await cluster.call("POST", path);
  if (!refreshed) co_return refreshed.error();
  if (refreshed->status == 404) co_return false;
  if (refreshed->status >= 300) co_return error_of("POST " + path, *refreshed);
  if (auto read = read_refresh_answer(refreshed->body); !read)
    co_return within("POST " + path, read.error());
  co_return true;
}

}  // namespace billow::elastic
