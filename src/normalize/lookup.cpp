#include "normalize/lookup.hpp"

#include "base/embedded.hpp"

namespace billow::normalize {
namespace {

/// Takes what comes before `separator` off the front of `text`, and the separator with it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

}  // namespace

TextIndex::TextIndex(std::vector<std::string_view> keys) : keys_(std::move(keys)) {
  std::size_t size = 16;
  while (size < keys_.size() * 2)
    size *= 2;  // at most half full: a search ends after a look or two
  slots_.assign(size, free_slot);
  mask_ = size - 1;
  for (std::size_t place = 0; place < keys_.size(); ++place) {
    std::size_t slot = hash_ends(keys_[place]) & mask_;
    while (slots_[slot] != free_slot && keys_[slots_[slot]] != keys_[place])
      slot = (slot + 1) & mask_;
    if (slots_[slot] == free_slot) slots_[slot] = static_cast<std::uint32_t>(place);
  }
}

std::vector<std::vector<std::string_view>> table_lines(std::string_view text) {
  std::vector<std::vector<std::string_view>> lines;
  bool header = true;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    if (header) {
      header = false;
      continue;
    }
    std::vector<std::string_view>& fields = lines.emplace_back();
    bool more = true;
    while (more) {
      more = line.find(',') != std::string_view::npos;
      fields.push_back(take_until(line, ','));
    }
  }
  return lines;
}

std::string_view ingest_file(std::string_view name) noexcept {
  for (const embedded::File& file : embedded::ingest()) {
    if (file.name == name) return file.text;
  }
  return {};
}

Renaming::Renaming(std::string_view file) {
  std::vector<std::string_view> from;
  for (const auto& fields : table_lines(ingest_file(file))) {
    if (fields.size() != 2) continue;  // a test reads the tables and finds such lines
    from.push_back(fields[0]);
    to_.push_back(fields[1]);
  }
  index_ = TextIndex(std::move(from));
}

}  // namespace billow::normalize
