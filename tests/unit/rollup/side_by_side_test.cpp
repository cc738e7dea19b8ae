#include "rollup/side_by_side.hpp"

#include "../elastic/run_task.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <string>

namespace billow::rollup {
namespace {

using Numbers = std::vector<std::size_t>;

/// Work that ends when all of `expected` pieces have begun, and so never when they take turns.
class Meeting {
 public:
  explicit Meeting(std::size_t expected) : expected_(expected) {}

  Task<std::size_t> join(std::size_t number, bool fails) {
    ++begun_;
    for (std::size_t turns = 0; begun_ < expected_; ++turns) {
      if (turns == 1000) co_return Error{Errc::cancelled, "alone"};
      co_await boost::asio::post(boost::asio::use_awaitable);
    }
    if (fails) co_return Error{Errc::rejected, std::to_string(number)};
    co_return 10 * number;
  }

 private:
  std::size_t expected_;
  std::size_t begun_ = 0;
};

Result<Numbers> made(std::size_t count, const Numbers& failing = {}) {
  Meeting meeting(count);
  std::function<Task<std::size_t>(std::size_t)> make = [&](std::size_t number) {
    return meeting.join(number, std::ranges::find(failing, number) != failing.end());
  };
  return run_task(side_by_side(0, count, std::move(make)));
}

TEST(SideBySide, MakesAllAtOnceAndKeepsTheirOrder) {
  EXPECT_EQ(made(0).value(), Numbers());
  EXPECT_EQ(made(1).value(), Numbers({0}));
  EXPECT_EQ(made(5).value(), Numbers({0, 10, 20, 30, 40}));
}

TEST(SideBySide, TellsOfTheFirstThatFailed) {
  EXPECT_EQ(made(5, {4}).error().detail, "4");
  EXPECT_EQ(made(5, {3, 1, 4}).error().detail, "1");
}

}  // namespace
}  // namespace billow::rollup
