#include "daemon/progress.hpp"

#include "daemon/config_units.hpp"
#include "daemon/table.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace billow::daemon {

std::string describe(const sync::Progress& progress, std::chrono::milliseconds elapsed) {
  std::string line =
      fmt::format("{} {} {:<8}", progress.feed, progress.period, name_of(progress.phase));
  const bool reads = progress.phase == sync::Phase::digest || progress.phase == sync::Phase::load;
  if (!reads) return line.substr(0, line.find_last_not_of(' ') + 1);
  line += fmt::format(" {} rows", grouped(progress.rows));
  if (progress.bytes_total > 0)
    line += fmt::format("  {} of {}", format_size(progress.bytes_read),
                        format_size(progress.bytes_total));
  if (elapsed < rate_after || progress.rows == 0) return line;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  line +=
      fmt::format("  {} rows/s",
                  grouped(static_cast<std::size_t>(static_cast<double>(progress.rows) / seconds)));
  if (progress.bytes_read == 0 || progress.bytes_total <= progress.bytes_read) return line;
  const double left = seconds * static_cast<double>(progress.bytes_total - progress.bytes_read) /
                      static_cast<double>(progress.bytes_read);
  return line + "  " + format_duration(std::chrono::seconds(static_cast<std::int64_t>(left) + 1)) +
         " left";
}

void ProgressDisplay::show(const sync::Progress& progress, Clock::time_point now) {
  const auto [found, fresh] = lines_.try_emplace(progress.feed);
  Line& line = found->second;
  const bool moved =
      fresh || line.progress.phase != progress.phase || line.progress.period != progress.period;
  line.progress = progress;
  if (moved) line.phase_started = now;
  if (terminal_.interactive()) {
    if (moved || now - drawn_ >= redraw_interval) redraw(now);
    return;
  }
  if (fresh) line.printed = now;
  if (now - line.printed < plain_interval) return;
  line.printed = now;
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - line.phase_started);
  terminal_.print(describe(progress, elapsed) + "\n");
}

void ProgressDisplay::finish(const std::string& feed) {
  lines_.erase(feed);
  redraw(Clock::now());
}

void ProgressDisplay::redraw(Clock::time_point now) {
  std::vector<std::string> lines;
  lines.reserve(lines_.size());
  for (const auto& [feed, line] : lines_)
    lines.push_back(describe(line.progress, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                now - line.phase_started)));
  drawn_ = now;
  terminal_.set_status(std::move(lines));
}

}  // namespace billow::daemon
