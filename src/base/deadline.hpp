#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <optional>

namespace billow {

/// Waits; ends early, without an error, when cancelled.
boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration);

/// `work`, or nullopt when `limit` has passed first: then `work` is cancelled and has ended on
/// return.
template <class T>
boost::asio::awaitable<std::optional<T>> complete_within(std::chrono::milliseconds limit,
                                                         boost::asio::awaitable<T> work) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto winner = co_await (std::move(work) || sleep_for(limit));
  if (winner.index() == 0) co_return std::move(std::get<0>(winner));
  co_return std::nullopt;
}

}  // namespace billow
