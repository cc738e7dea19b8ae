#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// What systemd wants to hear from a service (sd_notify(3)). Without a supervisor nothing happens.
namespace billow::daemon {

/// Sends a line such as "READY=1" to the socket that NOTIFY_SOCKET names.
void notify_supervisor(std::string_view state);

/// How often "WATCHDOG=1" is to be sent: half of what WATCHDOG_USEC asks; nullopt when nobody asks.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace billow::daemon
