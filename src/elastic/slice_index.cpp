#include "elastic/slice_index.hpp"

#include "elastic/index_shape.hpp"
#include "elastic/setup.hpp"
#include "elastic/slices_query.hpp"
#include "elastic/template_rival.hpp"

#include <simdjson.h>

namespace billow::elastic {

namespace {

/// An error when the template that shaped a new index has put it behind what readers query.
Result<void> check_unseen(const std::string& index, const std::string& answer) {
  const auto steps = all_steps(1, SetupParts());
  if (!steps) return steps.error();
  simdjson::dom::parser parser;
  simdjson::dom::object aliases;
  if (parser.parse(answer)[index]["aliases"].get(aliases) != simdjson::SUCCESS)
    return Error{Errc::malformed, "the answer to " + index + "/_alias holds no aliases"};
  for (const auto& alias : aliases) {
    if (!is_read_alias(alias.key, shaped_indices(*steps))) continue;
    return Error{Errc::bad_config,
                 "a template gives index " + index + " the alias " + std::string(alias.key) +
                     ", so that readers would see what is not published: take the alias out of "
                     "billow@custom or the template that has it, then delete the index"};
  }
  return {};
}

}  // namespace

Task<void> ensure_slice_index(Cluster& cluster, std::string index) {
  auto exists = co_await cluster.call("HEAD", "/" + index);
  if (!exists) co_return exists.error();
  if (exists->status == 404) {
    auto made = co_await cluster.call("PUT", "/" + index);
    if (!made) co_return made.error();
    // Another writer, or the first try of a repeated request, may have been first.
    const bool raced =
        made->status == 400 && made->body.find("resource_already_exists") != std::string::npos;
    if (made->status >= 300 && !raced) {
      const Errc code =
          made->status == 401 || made->status == 403 ? Errc::unauthorized : Errc::rejected;
      co_return Error{code, "creating index " + index + ": " + reason_of(*made)};
    }
  }
  if (exists->status == 404) {
    // Another writer's creation may still be on its way to the node that is asked.
    auto started = co_await cluster.request(
        "GET", "/_cluster/health/" + index + "?wait_for_status=yellow&timeout=30s");
    if (!started) co_return started.error();
    auto aliases = co_await cluster.request("GET", "/" + index + "/_alias");
    if (!aliases) co_return aliases.error();
    auto unseen = check_unseen(index, *aliases);
    if (!unseen) co_return unseen.error();
  }
  // Not `_mapping/field`: that asks a shard, and says 404 while none has started.
  auto mapping = co_await cluster.request(
      "GET", "/" + index +
                 "/_mapping?filter_path=*.mappings.properties.BilledCost.type,"
                 "*.mappings.properties.x_SliceId.type");
  if (!mapping) co_return mapping.error();
  const bool shaped = mapping->find("\"BilledCost\":{\"type\":\"double\"}") != std::string::npos &&
                      mapping->find("\"x_SliceId\":{\"type\":\"keyword\"}") != std::string::npos;
  if (!shaped) {
    auto rival = co_await find_rival(cluster, index);
    if (!rival) co_return rival.error();
    const std::string why =
        *rival ? (*rival)->told()
               : "`billow setup` installs what is missing, or says what is in the way";
    co_return Error{Errc::bad_config, "index " + index + " does not have Billow's mapping: " + why +
                                          "; then delete the index if it is empty"};
  }
  co_return boost::system::in_place_value;
}

Task<std::uint64_t> count_lines_outside(Cluster& cluster, std::string index,
                                        std::vector<std::string> slice_ids) {
  std::string body = R"({"query":)" + outside_query(slice_ids) + "}";
  auto answer = co_await cluster.request("POST", "/" + index + "/_count", std::move(body));
  if (!answer) co_return answer.error();
  simdjson::dom::parser parser;
  std::uint64_t count = 0;
  if (parser.parse(*answer)["count"].get(count) != simdjson::SUCCESS) {
    co_return Error{Errc::malformed, "the answer to " + index + "/_count holds no count"};
  }
  co_return count;
}

}  // namespace billow::elastic
