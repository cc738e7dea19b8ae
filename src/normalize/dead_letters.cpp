#include "normalize/dead_letters.hpp"

#include <simdjson.h>

#include <algorithm>

namespace billow::normalize {
namespace {

/// The size of the UTF-8 character at the front of `text`, or 0 when there is none.
std::size_t character_size(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return size <= text.size() && simdjson::validate_utf8(text.data(), size) ? size : 0;
}

/// The longest start of `text` of at most `bytes_max` bytes that does not cut a character in two.
std::string_view cut(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace

std::string readable_line(std::string_view line, std::size_t bytes_max) {
  const std::string_view start = line.substr(0, bytes_max + 4);
  if (simdjson::validate_utf8(start.data(), start.size())) return std::string(cut(line, bytes_max));
  std::string readable;
  for (std::string_view rest = start; !rest.empty();) {
    const std::size_t size = character_size(rest);
    readable += size == 0 ? std::string_view("\xEF\xBF\xBD") : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return std::string(cut(readable, bytes_max));
}

Result<void> DeadLetters::add(std::string_view object, std::uint64_t row, std::string_view column,
                              std::string_view reason, std::string_view line) {
  ++count_;
  if (kept_.size() == limits::dead_letters_kept_max) {
    return Error{
        Errc::over_limit,
        std::string(object) + ": more than " + std::to_string(limits::dead_letters_kept_max) +
            " rows could not become charges, the last one because: " + std::string(reason)};
  }
  const std::size_t room =
      std::min(limits::dead_letter_bytes_max, limits::dead_letters_bytes_max - line_bytes_);
  std::string text = readable_line(line, room);
  line_bytes_ += text.size();
  kept_.push_back(
      {std::string(object), row, std::string(column), std::string(reason), std::move(text)});
  return {};
}

}  // namespace billow::normalize
