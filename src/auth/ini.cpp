#include "auth/ini.hpp"

namespace billow::auth {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

Result<IniFile> parse_ini(std::string_view text, const std::string& file) {
  IniFile sections;
  IniSection* section = nullptr;
  std::size_t line_number = 0;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++line_number;
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    const auto bad = [&](const char* why) {
      return Error{Errc::malformed, file + ":" + std::to_string(line_number) + ": " + why};
    };
    if (content.front() == '[') {
      const auto close = content.find(']');
      if (close == std::string_view::npos) return bad("'[' without ']'");
      section = &sections[std::string(trim(content.substr(1, close - 1)))];
      continue;
    }
    if (line.front() == ' ' || line.front() == '\t') continue;
    const auto separator = content.find_first_of("=:");
    if (separator == std::string_view::npos || separator == 0)
      return bad("neither [section] nor key = value");
    if (section == nullptr) return bad("a setting before the first [section]");
    (*section)[lower(trim(content.substr(0, separator)))] =
        std::string(trim(content.substr(separator + 1)));
  }
  return sections;
}

}  // namespace billow::auth
