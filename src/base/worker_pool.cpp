#include "base/worker_pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace billow {

namespace asio = boost::asio;

WorkerPool::WorkerPool(std::size_t threads) : pool_(threads) {}
WorkerPool::~WorkerPool() { pool_.join(); }

asio::awaitable<void> WorkerPool::run(std::function<void()> work) {
  // The initiation is a named object and the handler crosses threads by post alone: the caller's
  // frame is touched by one thread at a time, and a cancellation cannot abandon work that still
  // uses it.
  auto initiate = [this, &work]<class Handler>(Handler&& handler) {
    auto guard = asio::make_work_guard(asio::get_associated_executor(handler));
    asio::post(pool_, [&work, guard, handler = std::forward<Handler>(handler)]() mutable {
      work();
      asio::post(guard.get_executor(), std::move(handler));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate,
                                                                       asio::use_awaitable);
}

}  // namespace billow
