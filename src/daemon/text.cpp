#include "daemon/text.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace billow::daemon {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

constexpr unsigned byte_at(std::string_view text, std::size_t place) {
  return place < text.size() ? static_cast<unsigned char>(text[place]) : 0U;
}

/// How many bytes the character at the front of `text` has; 0 when they are no UTF-8 (table 3-7 of
/// Unicode).
std::size_t character_bytes(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  const unsigned second = byte_at(text, 1);
  const auto continues = [text](std::size_t place) {
    return (byte_at(text, place) & 0xC0U) == 0x80U;
  };
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return !overlong && !surrogate && continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return !overlong && !beyond && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

/// Rewrites `text`: characters of one byte by `write_byte`, longer ones as they are.
template <class WriteByte>
std::string rewritten(std::string_view text, WriteByte write_byte) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    if (size == 0) {
      out += replacement;
      text.remove_prefix(1);
      continue;
    }
    if (size == 1)
      write_byte(out, text.front());
    else
      out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::string json_escaped(std::string_view text) {
  return rewritten(text, [](std::string& out, char c) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (is_control(c))
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  });
}

std::string printable(std::string_view text) {
  return rewritten(text, [](std::string& out, char c) { out += is_control(c) ? ' ' : c; });
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace billow::daemon
