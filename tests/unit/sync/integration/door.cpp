#include "door.hpp"

#include "../../elastic/run_task.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace billow::sync {
namespace {

using elastic::Received;
using elastic::Reply;

/// Requests that change nothing a later start could see.
bool is_read(const Received& request) {
  if (request.method == "GET" || request.method == "HEAD") return true;
  constexpr std::array<std::string_view, 5> reads = {"_search", "_refresh", "_count", "_mget",
                                                     "_pit"};
  return std::ranges::any_of(reads, [&request](std::string_view word) {
    return request.target.find(word) != std::string::npos;
  });
}

Reply refused() { return {403, R"({"error":{"type":"door","reason":"shut"},"status":403})"}; }

std::unique_ptr<elastic::Cluster> connect_to(const http::Url& url) {
  elastic::Config config;
  config.urls = {url};
  return elastic::Cluster::connect(std::move(config)).value();
}

std::unique_ptr<elastic::Cluster> to_engine() {
  return connect_to(http::Url::parse(std::getenv("BILLOW_TEST_ES_URL")).value());
}

}  // namespace

Door::Door() : server_([this](const Received& request) { return pass(request); }) {}

std::unique_ptr<elastic::Cluster> Door::connect() { return connect_to(server_.url()); }

void Door::open(int writes) {
  const auto lock = server_.hold();
  writes_left_ = writes;
  shut_ = false;
}

bool Door::is_shut() {
  const auto lock = server_.hold();
  return shut_;
}

Reply Door::pass(const Received& request) {
  const bool writes = !is_read(request);
  shut_ = shut_ || (writes && writes_left_ == 0);
  if (shut_) return refused();
  if (writes && writes_left_ > 0) --writes_left_;
  // The server calls from a thread for each connection, and a client stays with its thread.
  test_io();  // has to outlive the client
  thread_local const std::unique_ptr<elastic::Cluster> engine = to_engine();
  std::string target = request.target;
  std::string body = request.body;
  auto answer = run_task(engine->call(request.method, std::move(target), std::move(body)));
  if (!answer) return refused();
  Reply reply(static_cast<int>(answer->status), std::move(answer->body));
  return reply;
}

}  // namespace billow::sync
