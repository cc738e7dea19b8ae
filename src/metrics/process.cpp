#include "metrics/process.hpp"

#include <prometheus/metric_family.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <time.h>
#include <unistd.h>

namespace billow::metrics {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type, double value) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = type;
  prometheus::ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  made.metric.push_back(metric);
  return made;
}

std::string read_file(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Stat {
  double cpu_seconds = 0;
  double start_seconds = 0;  ///< since boot
  double virtual_bytes = 0;
  double resident_bytes = 0;
  double threads = 0;
};

/// proc(5): the fields after the command name, which is in brackets and may hold blanks, counted
/// from 3.
std::optional<Stat> read_stat() {
  const std::string text = read_file("/proc/self/stat");
  const std::size_t bracket = text.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::istringstream in(text.substr(bracket + 1));
  const std::vector<std::string> fields{std::istream_iterator<std::string>(in), {}};
  if (fields.size() < 22) return std::nullopt;
  const auto number = [&fields](std::size_t place) {
    const std::string& text_of_field = fields[place - 3];
    double value = 0;
    std::from_chars(text_of_field.data(), text_of_field.data() + text_of_field.size(), value);
    return value;
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  Stat stat;
  stat.cpu_seconds = (number(14) + number(15)) / ticks;
  stat.threads = number(20);
  stat.start_seconds = number(22) / ticks;
  stat.virtual_bytes = number(23);
  stat.resident_bytes = number(24) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return stat;
}

/// A clock in seconds.
double read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// When the machine was started, in Unix seconds. Not from /proc/stat, which a hardened service
/// cannot see.
double boot_time() { return read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME); }

std::optional<double> open_files() {
  std::error_code failed;
  std::filesystem::directory_iterator entries("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  return static_cast<double>(std::distance(begin(entries), end(entries)) -
                             1);  // less the one that reads
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  std::vector<MetricFamily> all;
  if (const auto stat = read_stat()) {
    all.push_back(family("process_cpu_seconds_total", "User and system CPU time.",
                         MetricType::Counter, stat->cpu_seconds));
    all.push_back(family("process_resident_memory_bytes", "Memory in RAM.", MetricType::Gauge,
                         stat->resident_bytes));
    all.push_back(family("process_virtual_memory_bytes", "Address space in use.", MetricType::Gauge,
                         stat->virtual_bytes));
    all.push_back(
        family("process_threads", "Threads of the process.", MetricType::Gauge, stat->threads));
    all.push_back(family("process_start_time_seconds", "When the process started, in Unix time.",
                         MetricType::Gauge, boot_time() + stat->start_seconds));
  }
  if (const auto open = open_files())
    all.push_back(family("process_open_fds", "Open file descriptors.", MetricType::Gauge, *open));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    all.push_back(family("process_max_fds", "File descriptors that may be open.", MetricType::Gauge,
                         static_cast<double>(limit.rlim_cur)));
  return all;
}

}  // namespace billow::metrics
