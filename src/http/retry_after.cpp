#include "http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace billow::http {

std::optional<UnixSeconds> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::ranges::find(months, text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const std::string number = std::to_string(month - months.begin() + 1);
  const std::string iso = std::string(text.substr(12, 4)) + (number.size() == 1 ? "-0" : "-") +
                          number + "-" + std::string(text.substr(5, 2)) + "T" +
                          std::string(text.substr(17, 8)) + "Z";
  return parse_time(iso);
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                      std::string_view date) {
  UnixSeconds wait = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, wait);
  const bool is_number = read.ec != std::errc::invalid_argument && read.ptr == end;
  if (is_number) {
    if (text.front() == '-') return std::nullopt;
    if (read.ec == std::errc::result_out_of_range) wait = seconds_per_day;
  } else {
    const auto until = parse_http_date(text);
    const auto sent = parse_http_date(date);
    if (!until || !sent) return std::nullopt;
    wait = *until - *sent;
  }
  return std::chrono::seconds(std::clamp<UnixSeconds>(wait, 0, seconds_per_day));
}

}  // namespace billow::http
