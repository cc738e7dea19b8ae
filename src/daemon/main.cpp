#include "daemon/commands.hpp"
#include "daemon/logging.hpp"
#include "daemon/runtime.hpp"

#include <csignal>
#include <cstdio>
#include <unistd.h>

// NOLINTNEXTLINE(bugprone-exception-escape): what comes up to here is a bug
int main(int argc, char** argv) {
  using namespace billow::daemon;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(), not our end
  forbid_memory_dumps();

  const auto parsed = parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<Exit>(&parsed)) {
    std::fputs(exit->output.c_str(), stdout);
    std::fputs(exit->error.c_str(), stderr);
    return exit->code;
  }
  const auto& invocation = std::get<Invocation>(parsed);
  Terminal terminal(STDERR_FILENO);
  start_logging(terminal, log_config(invocation.global, LogConfig()));
  const CommandContext context{terminal, invocation.global};
  const int code = std::visit([context](const auto& command) { return run(command, context); },
                              invocation.command);
  stop_logging();
  return code;
}
