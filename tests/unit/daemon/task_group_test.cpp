#include "daemon/task_group.hpp"

#include "base/deadline.hpp"
#include "daemon/event.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> sleep_long() { co_await sleep_for(1h); }
asio::awaitable<void> throw_at_once() {
  co_await sleep_for(0ms);
  throw std::logic_error("a bug");
}
asio::awaitable<void> hold_a_slot(Slots& slots, Event& release, int& inside, int& most) {
  const bool taken = co_await slots.take();
  if (!taken) co_return;
  most = std::max(most, ++inside);
  co_await release.wait();
  --inside;
  slots.give_back();
}
asio::awaitable<void> set_after(Event& event, int& waiting) {
  while (waiting < 2) co_await sleep_for(0ms);
  event.set();
}

TEST(TaskGroup, EndsItsTasksWhenCancelledAndSaysWhenAllHaveEnded) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  bool empty = false;
  group.on_empty([&empty] { empty = true; });
  group.spawn("one", sleep_long());
  group.spawn("two", sleep_long());
  EXPECT_EQ(group.running(), 2U);
  asio::post(io, [&group] { group.cancel(); });
  io.run();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_TRUE(empty);
  EXPECT_FALSE(group.failed());
}

TEST(TaskGroup, StartsNothingAfterCancel) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  group.cancel();
  group.spawn("late", sleep_long());
  EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroup, RemembersThatATaskThrewAndLetsTheOthersGoOn) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  group.spawn("bug", throw_at_once());
  group.spawn("fine", sleep_for(1ms));
  io.run();
  EXPECT_TRUE(group.failed());
  EXPECT_EQ(group.running(), 0U);
}

TEST(Slots, LetNoMoreInThanThereAre) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  Slots slots(io.get_executor(), 2);
  Event release(io.get_executor());
  int inside = 0;
  int most = 0;
  for (int i = 0; i < 5; ++i) group.spawn("holder", hold_a_slot(slots, release, inside, most));
  group.spawn("opener", set_after(release, inside));
  io.run();
  EXPECT_EQ(most, 2);
  EXPECT_EQ(inside, 0);
}

TEST(Slots, DoNotKeepACancelledTaskWaiting) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  Slots slots(io.get_executor(), 0);
  Event never(io.get_executor());
  int inside = 0;
  int most = 0;
  group.spawn("waiter", hold_a_slot(slots, never, inside, most));
  asio::post(io, [&group] { group.cancel(); });
  io.run();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_EQ(most, 0);
}

TEST(Events, WaitNoLongerThanTheirLimit) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  Event never(io.get_executor());
  group.spawn("waiter", never.wait_for(1ms));
  io.run();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_FALSE(never.is_set());
}

}  // namespace
}  // namespace billow::daemon
