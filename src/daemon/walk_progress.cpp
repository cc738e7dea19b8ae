#include "daemon/walk_progress.hpp"

#include "daemon/table.hpp"

#include <fmt/format.h>

namespace billow::daemon {

std::string describe(const proof::Progress& progress, std::chrono::milliseconds elapsed) {
  std::string line = fmt::format("{}: {}", progress.what, grouped(progress.done));
  if (progress.total > 0) line += " of " + grouped(progress.total);
  line += " " + progress.unit;
  if (elapsed < rate_after || progress.done == 0) return line;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const auto rate = static_cast<std::size_t>(static_cast<double>(progress.done) / seconds);
  return line + fmt::format("  {} {}/s", grouped(rate), progress.unit);
}

void WalkProgress::show(const proof::Progress& progress, Clock::time_point now) {
  const bool fresh = progress.what != what_;
  if (fresh) {
    what_ = progress.what;
    started_ = now;
    shown_ = now;
  }
  const bool due = now - shown_ >= (terminal_.interactive() ? redraw_interval : plain_interval);
  if (!due && !(fresh && terminal_.interactive())) return;
  shown_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
  if (terminal_.interactive())
    terminal_.set_status({describe(progress, elapsed)});
  else
    terminal_.print(describe(progress, elapsed) + "\n");
}

}  // namespace billow::daemon
