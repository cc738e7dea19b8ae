#pragma once

#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>

namespace billow {

template <class T>
boost::asio::awaitable<void> keep_result(Task<T> work, std::optional<Result<T>>& result) {
  result.emplace(co_await std::move(work));
}

/// The context of this thread. It outlives every client that a test makes, since clients keep
/// connections.
inline boost::asio::io_context& test_io() {
  thread_local boost::asio::io_context io;
  return io;
}

/// Runs one coroutine, and whatever it leaves behind, to the end on this thread.
template <class T>
Result<T> run_task(Task<T> work) {
  boost::asio::io_context& io = test_io();
  io.restart();
  std::optional<Result<T>> result;
  boost::asio::co_spawn(io, keep_result(std::move(work), result), boost::asio::detached);
  io.run();
  if (!result) return Error{Errc::cancelled, "the coroutine ended by an exception"};
  return *std::move(result);
}

}  // namespace billow
