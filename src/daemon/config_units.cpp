#include "daemon/config_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

namespace billow::daemon {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct TimeUnit {
  std::string_view name;
  milliseconds length;
};
constexpr std::array<TimeUnit, 5> time_units = {
    {{"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}}};

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<SizeUnit, 7> size_units = {{{"GiB", 1u << 30},
                                                 {"MiB", 1u << 20},
                                                 {"KiB", 1u << 10},
                                                 {"GB", 1'000'000'000},
                                                 {"MB", 1'000'000},
                                                 {"kB", 1'000},
                                                 {"B", 1}}};

/// Takes the whole number at the front of `text` away.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string folded(std::string_view word) {
  std::string out;
  for (const char c : word)
    if (c != '_' && c != '-') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  milliseconds total{0};
  milliseconds last = milliseconds::max();
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const std::size_t letters = std::min(text.find_first_of("0123456789"), text.size());
    const std::string_view name = text.substr(0, letters);
    const auto unit = std::find_if(time_units.begin(), time_units.end(),
                                   [name](const TimeUnit& known) { return known.name == name; });
    if (unit == time_units.end() || unit->length >= last) return std::nullopt;
    if (*number > 1'000'000'000) return std::nullopt;
    total += *number * unit->length;
    last = unit->length;
    text.remove_prefix(letters);
  }
  return total;
}

std::string format_duration(milliseconds duration) {
  if (duration == 0ms) return "0s";
  std::string out;
  for (const TimeUnit& unit : time_units) {
    const auto count = duration / unit.length;
    if (count == 0) continue;
    out += fmt::format("{}{}", count, unit.name);
    duration -= count * unit.length;
  }
  return out;
}

std::optional<std::size_t> parse_size(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  for (const SizeUnit& unit : size_units) {
    if (unit.name != text) continue;
    const auto count = static_cast<std::uint64_t>(*number);
    if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / unit.bytes)
      return std::nullopt;
    return count * unit.bytes;
  }
  return std::nullopt;
}

std::string format_size(std::size_t bytes) {
  if (bytes < 1024) return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  double value = static_cast<double>(bytes);
  std::string_view unit;
  for (const std::string_view name : {"KiB", "MiB", "GiB", "TiB"}) {
    value /= 1024;
    unit = name;
    if (value < 1024) break;
  }
  return bytes % 1024 == 0 && value == static_cast<double>(static_cast<std::int64_t>(value))
             ? fmt::format("{:.0f} {}", value, unit)
             : fmt::format("{:.1f} {}", value, unit);
}

std::string nearest(std::string_view word, const std::vector<std::string>& words) {
  std::string best;
  std::size_t best_distance = word.size() >= 6 ? 3 : 2;
  for (const std::string& candidate : words) {
    if (folded(candidate) == folded(word)) return candidate;
    const std::size_t edits = distance(word, candidate);
    if (edits < best_distance && edits < candidate.size()) {
      best = candidate;
      best_distance = edits;
    }
  }
  return best;
}

std::string either(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace billow::daemon
