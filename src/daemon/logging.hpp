#pragma once

#include "daemon/config.hpp"
#include "daemon/terminal.hpp"

#include <memory>
#include <string>

namespace billow::daemon {

/// Sends what spdlog logs to `terminal`, which must outlive the last message: one line each, times
/// in UTC.
void start_logging(Terminal& terminal, const LogConfig& config);
/// Changes level and format; the configuration is read after the first messages may have come.
void change_logging(const LogConfig& config);
/// Takes the terminal out of the log; later messages are lost.
void stop_logging();

}  // namespace billow::daemon
