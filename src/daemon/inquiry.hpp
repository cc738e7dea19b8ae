#pragma once

#include "base/task.hpp"
#include "daemon/commands.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What the commands have in common that ask a cluster something once and print the answer.
namespace billow::daemon {

/// Brings a configuration to life, `with_feeds`: their stores too. Null after everything that is
/// wrong was printed: the command ends with exit_code::bad_usage. `pool` outlives the session.
std::unique_ptr<Session> open_or_explain(Configuration configuration, bool with_feeds,
                                         WorkerPool& pool, CommandContext context);

/// True when every feed that was asked for is configured or `known` otherwise. False after a line
/// was printed for each that is not: a mistake of the command line, exit_code::bad_usage.
bool feeds_are_known(const std::vector<std::string>& asked, const Configuration& configuration,
                     std::vector<std::string> known, CommandContext context);

/// Leaves what `inquiry` ends with in `answer`, which outlives it; nothing when it was cancelled.
template <class Answer>
boost::asio::awaitable<void> keep_answer(Task<Answer> inquiry,
                                         std::optional<Result<Answer>>* answer) {
  *answer = co_await std::move(inquiry);
}

/// Runs `inquiry` to its end and takes its progress off the terminal. What it found, or the exit
/// code of a command that cannot go on, after an error was logged under `name`. `runtime` has no
/// other task, and is not used again.
template <class Answer>
std::variant<Answer, int> answer_of(Task<Answer> inquiry, const char* name, Runtime& runtime,
                                    CommandContext context) {
  std::optional<Result<Answer>> answer;
  runtime.tasks().spawn(name, keep_answer(std::move(inquiry), &answer));
  const int signal = runtime.run();
  context.terminal.set_status({});
  if (signal != 0) return stopped_by(signal);
  if (!answer) return exit_code::failed;
  if (*answer) return std::move(**answer);
  spdlog::error("{}: {}", name, answer->error().detail);
  return exit_code::failed;
}

}  // namespace billow::daemon
