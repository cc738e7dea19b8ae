#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

namespace billow::daemon {

/// Coroutines that belong together: cancelled together, waited for together. On one thread.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts a task. One that ends with an exception is logged as an error of ours under its name
  /// and makes failed() true; ending because it was cancelled is no error. After cancel() nothing
  /// is started any more.
  void spawn(std::string name, boost::asio::awaitable<void> task);
  /// Asks every task to end. The tasks end later.
  void cancel();
  bool cancelled() const noexcept;
  /// Tasks that have not ended.
  std::size_t running() const noexcept;
  bool failed() const noexcept;
  /// Called, from the executor, each time the last task has ended.
  void on_empty(std::function<void()> call);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace billow::daemon
