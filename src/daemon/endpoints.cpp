#include "daemon/endpoints.hpp"

#include "daemon/command_line.hpp"

namespace billow::daemon {
namespace {

http::ServerResponse text(int status, std::string body) {
  http::ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string index() {
  return version_line() +
         "\n\n"
         "/metrics     for Prometheus\n"
         "/-/healthy   200 while the program runs\n"
         "/-/ready     200 once Elasticsearch answers and holds what is needed, else 503 with the "
         "reason\n";
}

}  // namespace

http::ServerResponse answer(const http::ServerRequest& request, const Readiness& readiness,
                            const std::function<std::string()>& metrics) {
  if (request.path == "/metrics") {
    http::ServerResponse response = text(200, metrics());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  }
  if (request.path == "/-/healthy") return text(200, "healthy\n");
  if (request.path == "/-/ready")
    return readiness.ready ? text(200, "ready\n")
                           : text(503, "not ready: " + readiness.reason + "\n");
  if (request.path == "/") return text(200, index());
  return text(404, "there is no such page; / lists those there are\n");
}

}  // namespace billow::daemon
