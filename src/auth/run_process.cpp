#include "auth/run_process.hpp"

#include "base/deadline.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spawn.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <signal.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the user

namespace billow::auth {

namespace asio = boost::asio;

namespace {

/// Between two looks whether a program that has closed its output has also ended.
constexpr std::chrono::milliseconds exit_poll{5};

/// A child process in a group of its own. Destroyed before it has ended, it is killed and reaped by
/// a thread: a program of another user cannot be killed, and may take its time.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (status_) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);  // it may have left its group
    if (ended()) return;
    try {
      std::thread(reap, pid_).detach();
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): a zombie until we end
    }
  }
  /// Its wait status once it has ended.
  std::optional<int> ended() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    return status_;
  }

 private:
  static void reap(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }

  pid_t pid_;
  std::optional<int> status_;
};

/// Starts the program with `output` as its standard output; 0 or an errno.
int spawn(const std::vector<std::string>& command, int output, pid_t& pid) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  // Asio opens sockets without O_CLOEXEC: a child that goes on in the background would keep our
  // port.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A mask or an ignored SIGPIPE of ours is none of the program's business.
  sigset_t none;
  sigset_t usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int reason =
      ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return reason;
}

Task<std::string> collect(asio::posix::stream_descriptor& pipe, std::unique_ptr<Child> child,
                          std::size_t bytes_max) {
  std::string output;
  std::array<char, 4096> block;
  for (;;) {
    boost::system::error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    const std::size_t bytes = co_await pipe.async_read_some(asio::buffer(block), token);
    if (ec) break;
    output.append(block.data(), bytes);
    if (output.size() > bytes_max) {
      co_return Error{Errc::over_limit, "wrote more than " + std::to_string(bytes_max) + " bytes"};
    }
  }
  while (!child->ended()) co_await sleep_for(exit_poll);
  const int status = *child->ended();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) co_return output;
  const bool exited = WIFEXITED(status);
  co_return Error{Errc::unauthorized,
                  exited ? "ended with status " + std::to_string(WEXITSTATUS(status))
                         : "was ended by signal " + std::to_string(WTERMSIG(status))};
}

}  // namespace

Task<std::string> run_process(std::vector<std::string> command, ProcessLimits limits) {
  const std::string name = "'" + command.front() + "'";
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    co_return Error{Errc::transient, std::string("pipe: ") + std::strerror(errno)};
  asio::posix::stream_descriptor pipe(co_await asio::this_coro::executor, ends[0]);
  pid_t pid = 0;
  const int reason = spawn(command, ends[1], pid);
  ::close(ends[1]);
  if (reason != 0)
    co_return Error{Errc::bad_config, name + " cannot be started: " + std::strerror(reason)};
  auto child = std::make_unique<Child>(pid);
  auto output =
      co_await complete_within(limits.time, collect(pipe, std::move(child), limits.output_bytes));
  if (!output) {
    co_return Error{Errc::transient,
                    name + " did not end within " + std::to_string(limits.time.count()) + " ms"};
  }
  if (!*output) co_return Error{output->error().code, name + " " + output->error().detail};
  co_return std::move(*output);
}

}  // namespace billow::auth
