#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>

namespace billow::daemon {

/// Something that happens once, and that several coroutines may wait for. On one thread.
class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& executor);

  void set();
  bool is_set() const noexcept { return set_; }
  /// Returns when the event has happened; also, without it, when the waiting coroutine is
  /// cancelled.
  boost::asio::awaitable<void> wait();
  /// The same, but for `limit` at most.
  boost::asio::awaitable<void> wait_for(std::chrono::milliseconds limit);

 private:
  boost::asio::steady_timer never_;
  bool set_ = false;
};

/// Lets a bounded number of coroutines go on at once. On one thread.
class Slots {
 public:
  Slots(const boost::asio::any_io_executor& executor, std::size_t count);

  /// Waits for a free slot and takes it; false when the waiting coroutine was cancelled first.
  boost::asio::awaitable<bool> take();
  void give_back();

 private:
  boost::asio::steady_timer freed_;
  std::size_t free_;
};

}  // namespace billow::daemon
