#pragma once

#include "daemon/command_line.hpp"
#include "daemon/terminal.hpp"
#include "elastic/cluster.hpp"

#include <optional>
#include <string>
#include <vector>

namespace billow::daemon {

/// What every command works with.
struct CommandContext {
  Terminal& terminal;  ///< standard error
  const GlobalOptions& options;
};

/// Each runs one command to its end and returns the program's exit code.
int run(const CheckCommand& command, CommandContext context);
int run(const SetupCommand& command, CommandContext context);
int run(const SyncCommand& command, CommandContext context);
int run(const ServeCommand& command, CommandContext context);
int run(const ReportCommand& command, CommandContext context);
int run(const DeadLettersCommand& command, CommandContext context);
int run(const AuditVerifyCommand& command, CommandContext context);
int run(const AuditShowCommand& command, CommandContext context);
int run(const ReconcileCommand& command, CommandContext context);
int run(const NormalizeCommand& command, CommandContext context);
int run(const VersionCommand& command, CommandContext context);

/// Reads the configuration the options name and sets the log up by it. Nullopt after everything
/// that is wrong was printed: the command ends with exit_code::bad_usage.
std::optional<Configuration> load_or_explain(CommandContext context);
/// Prints what is wrong, a line each, to standard error.
void explain(CommandContext context, const std::vector<std::string>& problems);
/// The options of the command line go before those of the file.
LogConfig log_config(const GlobalOptions& options, LogConfig configured);

/// Prints to standard output; false when nobody takes it (a closed pipe, a full disk).
bool print_result(std::string_view text);

/// Of commands that a person waits for: a few tries, not the minutes a daemon has.
elastic::RetryPolicy short_of_patience();

/// The exit code of a command that a signal stopped: 128 + its number.
constexpr int stopped_by(int signal) noexcept { return exit_code::by_signal + signal; }

}  // namespace billow::daemon
