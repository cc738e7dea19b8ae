#pragma once

#include "http/client.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace billow::elastic {

/// What a fake server was asked.
struct Received {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< inflated when it came compressed
};

/// What it answers.
struct Reply {
  enum class Cut { none, before_answer, in_body };
  Reply() = default;
  Reply(int status_, std::string body_) : status(status_), body(std::move(body_)) {}
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::string more_headers;  ///< whole lines, each with its \r\n
  bool made_up = false;  ///< by something in between: it does not say that it is Elasticsearch's
  Cut cut = Cut::none;   ///< where the connection ends
};

/// An HTTP server on 127.0.0.1 and a free port whose answers are a function. The function is called
/// by one thread at a time. Threads end with the object.
class FakeServer {
 public:
  using Script = std::function<Reply(const Received&)>;
  explicit FakeServer(Script script);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  http::Url url() const;
  /// From now on refuses requests with larger bodies by their header: closes the connection without
  /// reading them, after an answer of status 413 or after none.
  enum class Refusal { answered, silent };
  void refuse_bodies_over(std::size_t bytes, Refusal refusal);
  /// All requests so far, in the order in which they arrived.
  std::vector<Received> received() const;
  /// Keeps the function from running, so that a test may read or change what the function works on.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(script_mutex_); }

 private:
  void accept_all();
  void serve(int connection);
  void refuse(int connection);

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<std::size_t> body_bytes_max_{SIZE_MAX};
  std::atomic<Refusal> refusal_{Refusal::answered};
  mutable std::mutex mutex_;
  std::vector<Received> received_;
  std::vector<int> connections_;
  std::vector<std::thread> servers_;
  std::mutex script_mutex_;
  std::thread acceptor_;
};

}  // namespace billow::elastic
