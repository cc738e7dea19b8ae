#include "daemon/terminal.hpp"

#include "daemon/table.hpp"

#include <limits.h>

#include <chrono>
#include <cstdlib>
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace billow::daemon {
namespace {

constexpr std::size_t width_default = 80;
constexpr std::chrono::milliseconds stuck_after{2000};  ///< then what nobody reads is dropped

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

}  // namespace

std::size_t terminal_width(int fd) {
  if (::isatty(fd) == 0) return 0;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return width_default;
  return size.ws_col;
}

Terminal::Terminal(int fd) : fd_(fd), interactive_(::isatty(fd) != 0 && !is_dumb()) {}

Terminal::~Terminal() { set_status({}); }

void Terminal::print(std::string_view text) {
  const std::lock_guard lock(mutex_);
  write(erase() + std::string(text) + draw());
}

void Terminal::set_status(std::vector<std::string> lines) {
  if (!interactive_) return;
  const std::lock_guard lock(mutex_);
  const std::string before = erase();
  status_ = std::move(lines);
  write(before + draw());
}

std::string Terminal::erase() const {
  std::string out;
  // Up one line and clear it, for each line that is drawn.
  for (std::size_t i = 0; i < status_.size(); ++i) out += "\x1b[1A\x1b[2K";
  return out;
}

std::string Terminal::draw() const {
  std::string out;
  const std::size_t width = interactive_ ? terminal_width(fd_) : 0;
  for (const std::string& line : status_) out += fitted(line, width > 1 ? width - 1 : 1) + "\n";
  return out;
}

void Terminal::write(std::string_view bytes) {
  while (!bytes.empty()) {
    // Not more than a pipe takes at once, so that a write never waits: only we decide how long to.
    const std::string_view piece = bytes.substr(0, PIPE_BUF);
    pollfd ready{fd_, POLLOUT, 0};
    const int patience = stuck_ ? 0 : static_cast<int>(stuck_after.count());
    const int polled = ::poll(&ready, 1, patience);
    if (polled < 0 && errno == EINTR) continue;
    stuck_ = polled == 0;
    if (polled <= 0) return;
    const ssize_t written = ::write(fd_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // a log that nobody can read is no reason to stop
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace billow::daemon
