#pragma once

#include "base/task.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

namespace billow::rollup {

/// What `make` makes of the numbers from `first` to `last` - 1, in their order, all at the same
/// time: Elasticsearch works on one request with one core. When some fail, the error of the
/// smallest number, once all have ended.
template <class T>
Task<std::vector<T>> side_by_side(std::size_t first, std::size_t last,
                                  std::function<Task<T>(std::size_t)> make) {
  using namespace boost::asio::experimental::awaitable_operators;
  std::vector<T> made;
  if (first == last) co_return made;
  if (last - first == 1) {
    auto one = co_await make(first);
    if (!one) co_return one.error();
    made.push_back(*std::move(one));
    co_return made;
  }
  const std::size_t middle = first + (last - first) / 2;
  auto left = side_by_side<T>(first, middle, make);
  auto right = side_by_side<T>(middle, last, std::move(make));
  auto [some, others] = co_await (std::move(left) && std::move(right));
  if (!some) co_return some.error();
  if (!others) co_return others.error();
  made = *std::move(some);
  std::ranges::move(*others, std::back_inserter(made));
  co_return made;
}

}  // namespace billow::rollup
