#include "normalize/aws_columns.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace billow::normalize::aws {
namespace {

// Not <cctype>: what a letter is must not depend on a locale.
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

void append_snake(std::string& out, std::string_view camel) {
  for (std::size_t i = 0; i < camel.size(); ++i) {
    if (is_upper(camel[i]) && i > 0) out += '_';
    out += to_lower(camel[i]);
  }
}

}  // namespace

std::string snake_name(std::string_view header) {
  const std::size_t slash = header.find('/');
  if (slash == std::string_view::npos) return std::string(header);
  std::string name;
  append_snake(name, header.substr(0, slash));
  name += '_';
  append_snake(name, header.substr(slash + 1));
  return name;
}

std::string pascal_extra(std::string_view name) {
  std::string out = "x_";
  bool word_starts = true;
  for (const char c : name) {
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      word_starts = true;
      continue;
    }
    out += word_starts ? to_upper(c) : c;
    word_starts = false;
  }
  return out.size() > 2 ? out : "x_Column";
}

ExtraNames::ExtraNames(std::initializer_list<std::string_view> taken)
    : taken_({"x_FeedId", "x_DeliveryId", "x_SliceId", "x_IngestedAt", "x_LineItemId", "x_Tags",
              "x_ChargeCount"}) {
  for (const std::string_view name : taken) taken_.emplace(name);
}

std::string ExtraNames::claim(std::string name) {
  std::string free = name;
  for (int i = 2; !taken_.insert(free).second; ++i) free = name + "_" + std::to_string(i);
  return free;
}

std::vector<std::string> header_names(std::span<const std::string> header) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::vector<std::string> names(header.begin(), header.end());
  if (!names.empty() && names[0].starts_with(byte_order_mark))
    names[0].erase(0, byte_order_mark.size());
  return names;
}

std::vector<std::size_t> places_by_name(std::span<const std::string> names) {
  std::vector<std::size_t> places(names.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, {},
                    [names](std::size_t place) -> const std::string& { return names[place]; });
  return places;
}

Result<void> check_unique(std::span<const std::string> names) {
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second)
      return Error{Errc::malformed, "column '" + name + "' appears twice in the header"};
  }
  return {};
}

Result<std::vector<std::size_t>> find_columns(std::span<const std::string> names,
                                              std::span<const ColumnSpec> specs,
                                              std::vector<std::string>& missing) {
  std::unordered_map<std::string_view, std::size_t> by_name;
  for (std::size_t place = 0; place < names.size(); ++place) by_name.emplace(names[place], place);
  std::vector<std::size_t> places;
  std::string needed;
  for (const ColumnSpec& spec : specs) {
    const auto found = by_name.find(spec.name);
    places.push_back(found == by_name.end() ? no_place : found->second);
    if (found != by_name.end()) continue;
    if (spec.need == Need::required)
      needed += (needed.empty() ? "" : ", ") + std::string(spec.name);
    if (spec.need == Need::expected) missing.emplace_back(spec.name);
  }
  if (!needed.empty())
    return Error{Errc::malformed, "no charge can be made without the column(s) " + needed};
  return places;
}

}  // namespace billow::normalize::aws
