#include "base/stopped.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace billow {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> wait_for_ever() {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> wait_side_by_side() {
  using namespace asio::experimental::awaitable_operators;
  auto one = wait_for_ever();
  auto other = wait_for_ever();
  co_await (std::move(one) && std::move(other));
}

/// What `work` ends with once it is asked to stop.
std::exception_ptr stop(asio::awaitable<void> work) {
  asio::io_context io;
  asio::cancellation_signal signal;
  std::exception_ptr ended;
  asio::co_spawn(io, std::move(work),
                 asio::bind_cancellation_slot(
                     signal.slot(), [&ended](std::exception_ptr end) { ended = std::move(end); }));
  io.poll();
  signal.emit(asio::cancellation_type::terminal);
  io.run();
  return ended;
}

TEST(Stopped, IsWhoWaitsWhenAskedTo) {
  EXPECT_EQ(stopped_by(stop(wait_for_ever())).code, Errc::cancelled);
}

TEST(Stopped, AreTwoThatWaitSideBySide) {
  const std::exception_ptr ended = stop(wait_side_by_side());
  ASSERT_THROW(std::rethrow_exception(ended), asio::multiple_exceptions);
  EXPECT_EQ(stopped_by(ended).code, Errc::cancelled);
}

TEST(Stopped, IsNotWhoEndsByABug) {
  EXPECT_THROW(stopped_by(std::make_exception_ptr(std::logic_error("a bug"))), std::logic_error);
}

}  // namespace
}  // namespace billow
