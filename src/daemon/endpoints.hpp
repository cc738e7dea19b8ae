#pragma once

#include "http/server.hpp"

#include <functional>
#include <string>

namespace billow::daemon {

/// Whether the daemon can do its work, as /-/ready tells it.
struct Readiness {
  bool ready = false;
  std::string reason = "starting";  ///< of not being ready, a sentence
};

/// What the endpoints of `serve` answer. Reflects nothing of the request. Pure; `metrics` is called
/// for /metrics only.
http::ServerResponse answer(const http::ServerRequest& request, const Readiness& readiness,
                            const std::function<std::string()>& metrics);

}  // namespace billow::daemon
