#include "daemon/event.hpp"

#include "base/deadline.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace billow::daemon {

namespace asio = boost::asio;

namespace {

/// Waits for the timer, which never expires but may be cancelled, or for the end of the coroutine.
asio::awaitable<void> wait_on(asio::steady_timer& timer) {
  boost::system::error_code ended;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

}  // namespace

Event::Event(const asio::any_io_executor& executor)
    : never_(executor, asio::steady_timer::time_point::max()) {}

void Event::set() {
  set_ = true;
  never_.cancel();
}

asio::awaitable<void> Event::wait() {
  if (!set_) co_await wait_on(never_);
}

asio::awaitable<void> Event::wait_for(std::chrono::milliseconds limit) {
  using namespace asio::experimental::awaitable_operators;
  if (set_) co_return;
  auto happened = wait_on(never_);
  auto expired = sleep_for(limit);
  co_await (std::move(happened) || std::move(expired));
}

Slots::Slots(const asio::any_io_executor& executor, std::size_t count)
    : freed_(executor, asio::steady_timer::time_point::max()), free_(count) {}

asio::awaitable<bool> Slots::take() {
  while (free_ == 0) {
    co_await wait_on(freed_);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return false;
  }
  --free_;
  co_return true;
}

void Slots::give_back() {
  ++free_;
  freed_.cancel_one();
}

}  // namespace billow::daemon
