#include "daemon/commands.hpp"

#include "daemon/logging.hpp"

#include <cstdio>

namespace billow::daemon {

LogConfig log_config(const GlobalOptions& options, LogConfig configured) {
  if (!options.log_level.empty()) configured.level = options.log_level;
  if (options.log_format) configured.format = *options.log_format;
  return configured;
}

void explain(CommandContext context, const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) context.terminal.print(problem + "\n");
}

std::optional<Configuration> load_or_explain(CommandContext context) {
  const auto file = find_configuration(context.options.config_file);
  if (!file) {
    explain(context, {"billow: " + file.error().detail});
    return std::nullopt;
  }
  ConfigOutcome outcome = load_configuration(*file);
  for (const ConfigProblem& problem : outcome.problems)
    explain(context, {to_string(problem, *file)});
  if (outcome.configuration)
    change_logging(log_config(context.options, outcome.configuration->log));
  return std::move(outcome.configuration);
}

elastic::RetryPolicy short_of_patience() {
  elastic::RetryPolicy retry;
  retry.attempts_max = 4;
  return retry;
}

bool print_result(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

int run(const VersionCommand&, CommandContext) {
  return print_result(version_line() + "\n") ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
