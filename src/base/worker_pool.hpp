#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <functional>

namespace billow {

/// The threads that do CPU work on whole chunks, so that the io thread never waits for a parser.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs `work` on a thread of the pool and resumes the caller on its own executor. `work` must
  /// not throw and must outlive nothing: what it refers to has to live until this returns,
  /// cancelled or not.
  boost::asio::awaitable<void> run(std::function<void()> work);

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace billow
