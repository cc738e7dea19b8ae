#include "daemon/runtime.hpp"

#include "base/limits.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signal.h>
#include <thread>
#include <utility>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

/// One thread for each of two feeds at once is enough; more would only wait for the reader.
std::size_t pool_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
}

}  // namespace

class Runtime::Impl {
 public:
  Impl()
      : pool_(pool_threads()),
        tasks_(io_.get_executor()),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        grace_(io_) {}

  int run() {
    tasks_.on_empty([this] { finish(); });
    if (tasks_.running() == 0) return 0;
    wait_for_signal();
    io_.run();
    return stopped_by_;
  }

  asio::io_context io_{1};
  WorkerPool pool_;
  TaskGroup tasks_;
  std::function<void()> on_hangup_;
  std::function<void()> on_stop_;

 private:
  void wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code failed, int signal) {
      if (failed) return;
      if (signal == SIGHUP) {
        if (on_hangup_) on_hangup_();
      } else if (stopped_by_ == 0) {
        stop(signal);
      } else {
        give_up("asked a second time");
      }
      wait_for_signal();
    });
  }

  void stop(int signal) {
    stopped_by_ = signal;
    spdlog::info("stopping: {}", signal == SIGINT ? "interrupted" : "asked to terminate");
    if (on_stop_) on_stop_();
    grace_.expires_after(limits::shutdown_grace);
    grace_.async_wait([this](boost::system::error_code failed) {
      if (!failed) give_up("the time to end cleanly is over");
    });
    tasks_.cancel();
  }

  /// Ends the program where it stands: the destructors of what still runs could wait for it.
  [[noreturn]] void give_up(const char* why) {
    spdlog::warn("stopping at once: {}; what was not published stays invisible", why);
    std::_Exit(128 + stopped_by_);
  }

  void finish() {
    if (tasks_.running() > 0) return;
    signals_.cancel();
    grace_.cancel();
    io_.stop();
  }

  asio::signal_set signals_;
  asio::steady_timer grace_;
  int stopped_by_ = 0;
};

Runtime::Runtime() : impl_(std::make_unique<Impl>()) {}
Runtime::~Runtime() = default;
asio::io_context& Runtime::io() noexcept { return impl_->io_; }
WorkerPool& Runtime::pool() noexcept { return impl_->pool_; }
TaskGroup& Runtime::tasks() noexcept { return impl_->tasks_; }
void Runtime::on_hangup(std::function<void()> call) { impl_->on_hangup_ = std::move(call); }
void Runtime::on_stop(std::function<void()> call) { impl_->on_stop_ = std::move(call); }
int Runtime::run() { return impl_->run(); }

void forbid_memory_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // LeakSanitizer reads the process from beside it
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace billow::daemon
