#pragma once

#include "elastic/bulk_response.hpp"
#include "http/client.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace billow::elastic {

/// What to do after one bulk request.
struct BulkStep {
  enum class Kind {
    settle,  ///< the items have answers: see `answer`
    resend,  ///< the same body again, after a pause
    halve,   ///< two requests of half the items each; a single item is rejected
    stop,    ///< nothing will get through: see `error`
  };
  Kind kind = Kind::resend;
  BulkAnswer answer;                 ///< settle
  Error error{Errc::transient, ""};  ///< why, for all but settle
  int status = 0;                    ///< of the response, 0 without one
  bool throttled = false;  ///< the cluster asks us to slow down: 429, of the request or of an item
  bool clean = false;      ///< an answer in which no item has to be sent again
  bool unknown = false;    ///< nothing is known about any item: they may be stored or not
  std::optional<std::chrono::milliseconds> retry_after;
};

/// Decides by a response, or by the failure to get one, to a request of `items` items. Pure.
BulkStep decide_bulk(Result<http::Response> response, std::size_t items);

}  // namespace billow::elastic
