#include "daemon/commands.hpp"
#include "daemon/service.hpp"

namespace billow::daemon {

int run(const ServeCommand&, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  Service service(runtime, context);
  std::vector<std::string> problems;
  const int started = service.start(*std::move(configuration), problems);
  if (started != exit_code::ok) {
    explain(context, problems);
    return started;
  }
  runtime.run();
  return runtime.tasks().failed() ? exit_code::failed : exit_code::ok;
}

}  // namespace billow::daemon
