#pragma once

#include <memory>
#include <string>

#include "daemon/config.hpp"
#include "daemon/terminal.hpp"

namespace billow::daemon {

/// Sends what spdlog logs to `terminal`, which must outlive the last message: one line each, times in UTC.
void start_logging(Terminal& terminal, const LogConfig& config);
/// Changes level and format; the configuration is read after the first messages may have come.
void change_logging(const LogConfig& config);
/// Takes the terminal out of the log; later messages are lost.
void stop_logging();

/// `text` as the inside of a JSON string.
std::string json_escaped(std::string_view text);

}  // namespace billow::daemon
