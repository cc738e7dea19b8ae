#include "base/civil_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace billow {
namespace {

constexpr std::int64_t days_from_civil(int year, unsigned month, unsigned day) noexcept {
  namespace c = std::chrono;
  return c::sys_days(c::year(year) / c::month(month) / c::day(day)).time_since_epoch().count();
}

// The years that four digits can write.
constexpr UnixSeconds first_second = days_from_civil(0, 1, 1) * seconds_per_day;
constexpr UnixSeconds last_second =
    days_from_civil(9999, 12, 31) * seconds_per_day + seconds_per_day - 1;

/// The next `count` characters of `text` as a number, taken off its front; -1 when one is no digit.
int take_digits(std::string_view& text, std::size_t count) noexcept {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - static_cast<unsigned>('0');
    if (digit > 9) return -1;
    value = value * 10 + static_cast<int>(digit);
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) noexcept {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

/// `YYYY-MM-DD` as days since 1970.
std::optional<std::int64_t> take_date(std::string_view& text) noexcept {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return std::nullopt;
  const int month = take_digits(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return std::nullopt;
  const int day = take_digits(text, 2);
  namespace c = std::chrono;
  if (day < 1 || !(c::year(year) / month / day).ok()) return std::nullopt;
  return days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

/// `HH:MM` as seconds.
std::optional<UnixSeconds> take_hours_minutes(std::string_view& text) noexcept {
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  return hour * 3600 + minute * 60;
}

/// What stands behind the seconds: the offset from UTC.
std::optional<UnixSeconds> read_zone(std::string_view text) noexcept {
  if (text.empty() || text == "Z" || text == " UTC") return 0;
  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto offset = take_hours_minutes(text);
  if (!offset || !text.empty()) return std::nullopt;
  return east ? *offset : -*offset;
}

struct Civil {
  int year;
  unsigned month, day, hour, minute, second;
};

Civil civil_of(UnixSeconds time) noexcept {
  namespace c = std::chrono;
  time = std::clamp(time, first_second, last_second);
  std::int64_t days = time / seconds_per_day;
  std::int64_t rest = time % seconds_per_day;
  if (rest < 0) {
    rest += seconds_per_day;
    --days;
  }
  const c::year_month_day date{c::sys_days(c::days(days))};
  const auto second = static_cast<unsigned>(rest);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          second / 3600,
          second / 60 % 60,
          second % 60};
}

char* put2(char* out, unsigned value) noexcept {
  *out++ = static_cast<char>('0' + value / 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

char* put_year(char* out, int year) noexcept {
  out = put2(out, static_cast<unsigned>(year) / 100);
  return put2(out, static_cast<unsigned>(year) % 100);
}

char* put_date(char* out, const Civil& civil, bool dashes) noexcept {
  out = put_year(out, civil.year);
  if (dashes) *out++ = '-';
  out = put2(out, civil.month);
  if (dashes) *out++ = '-';
  return put2(out, civil.day);
}

}  // namespace

std::optional<UnixSeconds> parse_time(std::string_view text) noexcept {
  const auto days = take_date(text);
  if (!days) return std::nullopt;
  const UnixSeconds midnight = *days * seconds_per_day;
  if (text.empty()) return midnight;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto minutes = take_hours_minutes(text);
  if (!minutes || !take(text, ':')) return std::nullopt;
  const int second = take_digits(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  if (take(text, '.')) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  const auto offset = read_zone(text);
  if (!offset) return std::nullopt;
  const UnixSeconds time = midnight + *minutes + second - *offset;
  // Beyond these it could only be written as another time.
  if (time < first_second || time > last_second) return std::nullopt;
  return time;
}

char* format_time_to(UnixSeconds time, char* out) noexcept {
  const Civil civil = civil_of(time);
  out = put_date(out, civil, true);
  *out++ = 'T';
  out = put2(out, civil.hour);
  *out++ = ':';
  out = put2(out, civil.minute);
  *out++ = ':';
  out = put2(out, civil.second);
  *out++ = 'Z';
  return out;
}

std::string format_time(UnixSeconds time) {
  char text[20];
  return {text, format_time_to(time, text)};
}

std::string format_date(UnixSeconds time) {
  char text[10];
  return {text, put_date(text, civil_of(time), true)};
}

std::string format_compact_date(UnixSeconds time) {
  char text[8];
  return {text, put_date(text, civil_of(time), false)};
}

std::string format_compact_time(UnixSeconds time) {
  const Civil civil = civil_of(time);
  char text[16];
  char* out = put_date(text, civil, false);
  *out++ = 'T';
  out = put2(out, civil.hour);
  out = put2(out, civil.minute);
  out = put2(out, civil.second);
  *out++ = 'Z';
  return {text, out};
}

std::optional<UnixSeconds> parse_month(std::string_view text) noexcept {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return std::nullopt;
  const int month = take_digits(text, 2);
  if (month < 1 || month > 12 || !text.empty()) return std::nullopt;
  return days_from_civil(year, static_cast<unsigned>(month), 1) * seconds_per_day;
}

std::string month_of(UnixSeconds time) {
  const Civil civil = civil_of(time);
  char text[7];
  char* out = put_year(text, civil.year);
  *out++ = '-';
  return {text, put2(out, civil.month)};
}

UnixSeconds next_month(UnixSeconds time) noexcept {
  const Civil civil = civil_of(time);
  const bool december = civil.month == 12;
  return days_from_civil(civil.year + (december ? 1 : 0), december ? 1 : civil.month + 1, 1) *
         seconds_per_day;
}

UnixSeconds now() {
  namespace c = std::chrono;
  return c::duration_cast<c::seconds>(c::system_clock::now().time_since_epoch()).count();
}

}  // namespace billow
