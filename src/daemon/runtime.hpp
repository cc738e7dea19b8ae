#pragma once

#include "base/worker_pool.hpp"
#include "daemon/task_group.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace billow::daemon {

/// What a command runs on: one io thread (the caller's), a pool for CPU work, and the handling of
/// signals. SIGINT and SIGTERM ask the tasks to end; after limits::shutdown_grace, or at a second
/// signal, they are left where they are, which is safe: nothing is visible that was not published.
class Runtime {
 public:
  Runtime();
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  boost::asio::io_context& io() noexcept;
  WorkerPool& pool() noexcept;
  /// What the command has to do; run() returns when all of it has ended.
  TaskGroup& tasks() noexcept;

  /// Called when SIGHUP comes; without it the signal is ignored.
  void on_hangup(std::function<void()> call);
  /// Called once when the program is asked to stop, before the tasks are cancelled.
  void on_stop(std::function<void()> call);

  /// Runs the tasks to their end. Returns the signal that stopped them, 0 if none did.
  int run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Keeps secrets in memory from reaching a disk: no core dumps, no reading by other processes of
/// the user.
void forbid_memory_dumps();

}  // namespace billow::daemon
