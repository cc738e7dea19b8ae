#pragma once

#include "base/limits.hpp"
#include "base/task.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace billow::auth {

struct ProcessLimits {
  std::chrono::milliseconds time{60'000};
  std::size_t output_bytes = 64 * limits::KiB;
};

/// Runs a program (found by PATH, no shell), with nothing on its standard input and our standard
/// error, and returns what it wrote to standard output once it has ended with status 0. It is
/// killed, with its process group, when time or output run over or the caller is cancelled.
/// Errc::bad_config when it cannot be started, unauthorized when it fails, over_limit, transient
/// (time).
Task<std::string> run_process(std::vector<std::string> command, ProcessLimits limits);

}  // namespace billow::auth
