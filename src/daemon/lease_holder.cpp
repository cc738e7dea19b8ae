#include "daemon/lease_holder.hpp"

#include <fmt/format.h>
#include <limits.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <unistd.h>

namespace billow::daemon {
namespace {

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return ::gethostname(name, HOST_NAME_MAX) == 0 && name[0] != '\0' ? name : "unknown";
}

/// The boot of the machine and the pid namespace in it: within one such pair a pid means the same
/// process. Containers of one machine, which may share a host name, differ in it.
std::string machine() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  char space[64] = {};
  const ssize_t length = ::readlink("/proc/self/ns/pid", space, sizeof space - 1);
  return boot.empty() || length <= 0 ? "" : boot + "/" + space;
}

elastic::LeaseHolder make_holder() {
  std::random_device random;
  const std::uint64_t mark = (std::uint64_t{random()} << 32) | random();
  elastic::LeaseHolder self;
  self.name = fmt::format("{}:{}:{:016x}", host_name(), ::getpid(), mark);
  self.machine = machine();
  return self;
}

/// The pid in "<host>:<pid>:<random>"; a host name may hold anything.
std::optional<pid_t> pid_of(const std::string& name) {
  const std::size_t last = name.rfind(':');
  if (last == std::string::npos || last == 0) return std::nullopt;
  const std::size_t before = name.rfind(':', last - 1);
  if (before == std::string::npos) return std::nullopt;
  pid_t pid = 0;
  const char* end = name.data() + last;
  const auto [stopped, failed] = std::from_chars(name.data() + before + 1, end, pid);
  if (failed != std::errc{} || stopped != end || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace

const elastic::LeaseHolder& this_process() {
  static const elastic::LeaseHolder self = make_holder();
  return self;
}

bool has_ended(const elastic::LeaseHolder& holder, const elastic::LeaseHolder& self) {
  if (holder.name == self.name || self.machine.empty() || holder.machine != self.machine)
    return false;
  const auto pid = pid_of(holder.name);
  if (!pid) return false;
  // Our own pid under another name: a process that had it before us.
  if (pid == pid_of(self.name)) return true;
  return ::kill(*pid, 0) != 0 && errno == ESRCH;
}

}  // namespace billow::daemon
