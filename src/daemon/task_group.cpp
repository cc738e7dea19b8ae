#include "daemon/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <list>
#include <utility>

namespace billow::daemon {

namespace asio = boost::asio;

struct TaskGroup::State {
  explicit State(asio::any_io_executor executor_) : executor(std::move(executor_)) {}

  struct Running {
    std::string name;
    asio::cancellation_signal stop;
  };
  asio::any_io_executor executor;
  std::list<Running> tasks;
  std::size_t running = 0;  ///< of `tasks`; one that has ended is taken out a moment later
  std::function<void()> on_empty;
  bool cancelled = false;
  bool failed = false;

  void note(const std::string& name, std::exception_ptr thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted && cancelled) return;
      spdlog::error("{}: unexpected: {}", name, error.what());
    } catch (const std::exception& error) {
      spdlog::error("{}: unexpected: {}", name, error.what());
    }
    failed = true;
  }

  /// The coroutine's frame may still refer to the signal: it goes when the frame is gone.
  void end(const std::shared_ptr<State>& self, std::list<Running>::iterator task,
           std::exception_ptr thrown) {
    note(task->name, std::move(thrown));
    --running;
    asio::post(executor, [self, task] { self->tasks.erase(task); });
    if (running == 0 && on_empty) asio::post(executor, on_empty);
  }
};

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}
TaskGroup::~TaskGroup() { state_->on_empty = nullptr; }

void TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
  if (state_->cancelled) return;
  State::Running& fresh = state_->tasks.emplace_back();
  fresh.name = std::move(name);
  ++state_->running;
  const auto place = std::prev(state_->tasks.end());
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(fresh.stop.slot(),
                                              [state = state_, place](std::exception_ptr thrown) {
                                                state->end(state, place, std::move(thrown));
                                              }));
}

void TaskGroup::cancel() {
  state_->cancelled = true;
  for (State::Running& task : state_->tasks) task.stop.emit(asio::cancellation_type::terminal);
}

bool TaskGroup::cancelled() const noexcept { return state_->cancelled; }
std::size_t TaskGroup::running() const noexcept { return state_->running; }
bool TaskGroup::failed() const noexcept { return state_->failed; }
void TaskGroup::on_empty(std::function<void()> call) { state_->on_empty = std::move(call); }

}  // namespace billow::daemon
