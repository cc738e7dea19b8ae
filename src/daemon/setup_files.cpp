#include "daemon/setup_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace billow::daemon {
namespace {

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  errno = 0;
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out) return {};
  return Error{Errc::bad_config,
               fmt::format("{} cannot be written: {}", path.string(), std::strerror(errno))};
}

}  // namespace

Result<std::string> write_requests(int replicas, elastic::SetupParts parts,
                                   const std::string& folder) {
  auto steps = elastic::all_steps(replicas, parts);
  if (!steps) return steps.error();
  std::string list;
  for (const elastic::SetupStep& step : *steps) {
    if (step.body.empty()) {  // a path alone says it all
      list += fmt::format("{} {}\n", step.method, step.path);
      continue;
    }
    const std::string file = step.path.substr(1) + ".json";
    list += fmt::format("{} {} {}\n", step.method, step.path, file);
    auto written = write_file(std::filesystem::path(folder) / file, step.body + "\n");
    if (!written) return written.error();
  }
  auto written = write_file(std::filesystem::path(folder) / "requests.txt", list);
  if (!written) return written.error();
  return fmt::format(
      "{} requests are in {}; requests.txt has their order\n"
      "on a cluster without index lifecycle management, leave out what names lifecycle or _ilm\n",
      steps->size(), folder);
}

}  // namespace billow::daemon
