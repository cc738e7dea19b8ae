#pragma once

#include "base/limits.hpp"
#include "base/task.hpp"
#include "http/connection.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace billow::http {

/// The addresses of a host, in the order in which they are to be tried, with port 0.
using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

/// The addresses of a host by getaddrinfo, which blocks for as long as the name servers are silent:
/// often more than a minute. Errc::transient when the name does not resolve.
Result<Addresses> ask_system(const std::string& host);

/// Looks host names up, each on a thread of its own, so that a name whose servers are silent holds
/// up no other one. Who asks for a name that is being looked up waits for the same answer. Threads
/// refer to nothing but what they own: this object and the io_context may end before them, and so
/// may the program. Nothing is kept: caching is the system's business.
class NameLookups {
 public:
  using Ask = std::function<Result<Addresses>(const std::string& host)>;

  /// `ask` is called on other threads, for at most `names_max` hosts at a time.
  explicit NameLookups(Ask ask, std::size_t names_max = limits::names_looked_up_max);

  /// Errc::transient when there is no answer by `deadline`, or when too many other names have none
  /// yet.
  Task<Addresses> find(std::string host, Clock::time_point deadline);

 private:
  struct Lookup;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace billow::http
