#include "elastic/completeness.hpp"

#include <cstdint>
#include <string>

namespace billow::elastic {

Result<void> check_complete(simdjson::dom::element answer, std::string_view what) {
  bool timed_out = true;
  std::int64_t failed = -1;
  if (answer["timed_out"].get(timed_out) != simdjson::SUCCESS ||
      answer["_shards"]["failed"].get(failed) != simdjson::SUCCESS)
    return Error{Errc::malformed, std::string(what) + ": it does not tell whether it is complete"};
  if (timed_out || failed != 0) return Error{Errc::transient, "not every shard could be summed"};
  return {};
}

}  // namespace billow::elastic
