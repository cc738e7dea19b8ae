#include "daemon/table.hpp"

#include <algorithm>
#include <utility>

namespace billow::daemon {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t shrunk_width_min = 8;

constexpr bool continues(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return align == Align::left ? text + blanks : blanks + text;
}

}  // namespace

std::size_t display_width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string fitted(std::string_view text, std::size_t width) {
  const bool whole = display_width(text) <= width;
  const std::size_t room = whole ? width : width - std::min<std::size_t>(width, 1);
  std::string out;
  std::size_t taken = 0;
  for (const char c : text) {
    if (!continues(c) && ++taken > room) break;
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return whole || width == 0 ? out : out + "…";
}

std::string grouped(std::string_view number) {
  const std::size_t first = number.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string out(number.substr(0, first));
  for (std::size_t i = first; i < point; ++i) {
    if (i > first && (point - i) % 3 == 0) out += ',';
    out += number[i];
  }
  return out.append(number.substr(point));
}

std::string grouped(std::size_t number) { return grouped(std::to_string(number)); }

void Table::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::add_rule() { rows_.emplace_back(); }

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = display_width(columns_[i].title);
    for (const auto& row : rows_)
      if (!row.empty()) widest = std::max(widest, display_width(row[i]));
    result.push_back(widest);
  }
  std::size_t total = gap * (columns_.size() - 1);
  for (const std::size_t one : result) total += one;
  // The widest column that may shrink gives way first, a column at a time.
  while (width > 0 && total > width) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].shrinks && result[i] > shrunk_width_min &&
          (widest == columns_.size() || result[i] > result[widest]))
        widest = i;
    if (widest == columns_.size()) break;
    --result[widest];
    --total;
  }
  return result;
}

std::string Table::render(std::size_t width) const {
  const std::vector<std::size_t> wide = widths(width);
  std::string out;
  const auto line = [this, &wide, &out](auto cell) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text.append(gap, ' ');
      text += padded(fitted(cell(i), wide[i]), wide[i], columns_[i].align);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  const auto rule = [&wide](std::size_t i) {
    std::string dashes;
    for (std::size_t n = 0; n < wide[i]; ++n) dashes += "─";
    return dashes;
  };
  line([this](std::size_t i) { return columns_[i].title; });
  line(rule);
  for (const auto& row : rows_) {
    if (row.empty())
      line(rule);
    else
      line([&row](std::size_t i) { return row[i]; });
  }
  return out;
}

}  // namespace billow::daemon
