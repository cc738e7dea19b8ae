#include "normalize/csv_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace billow::normalize {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::size_t chunk_bytes, std::size_t row_bytes_max, CsvIndexFunction index)
    : chunk_bytes_(chunk_bytes),
      row_bytes_max_(row_bytes_max),
      index_(index),
      text_(std::make_unique_for_overwrite<char[]>(row_bytes_max + chunk_bytes + 1 +
                                                   csv_index_slack)),
      separators_(std::make_unique_for_overwrite<std::uint32_t[]>(row_bytes_max + chunk_bytes + 1 +
                                                                  csv_places_slack)),
      row_ends_(std::make_unique_for_overwrite<std::uint32_t[]>(row_bytes_max + chunk_bytes + 1 +
                                                                csv_places_slack)),
      fields_(limits::columns_max + 1) {
  begin();
}

void CsvReader::begin() {
  begin_ = end_ = 0;
  chunk_end_ = chunk_bytes_;
  indexed_ = at_end_ = closed_ = skipping_ = false;
  at_start_ = true;
}

void CsvReader::end() { at_end_ = true; }

bool CsvReader::next(CsvRow& row, Scratch& scratch) {
  for (;;) {
    if (skipping_) {
      if (next_skipped(row)) return true;
      break;
    }
    if (!indexed_ && !make_index()) break;
    if (next_indexed(row, scratch)) return true;
    if (found_.odd_at != CsvIndex::none && next_odd(row, scratch)) return true;
    if (at_end_) return finish(row);
    if (end_ - begin_ > row_bytes_max_) start_skipping();
    break;
  }
  move_partial_row();
  return false;
}

/// False while it cannot be told whether the file starts with a byte order mark.
bool CsvReader::skip_mark() noexcept {
  if (!at_start_) return true;
  if (end_ - begin_ < byte_order_mark.size() && !at_end_) return false;
  at_start_ = false;
  if (std::string_view(text_.get() + begin_, end_ - begin_).starts_with(byte_order_mark)) {
    begin_ += byte_order_mark.size();
  }
  return true;
}

/// Indexes what is there; false when there is nothing.
bool CsvReader::make_index() {
  if (!skip_mark() || begin_ == end_) return false;
  char* const text = text_.get();
  if (at_end_ && text[end_ - 1] != '\n') {
    text[end_++] = '\n';
    closed_ = true;
  }
  std::memset(text + end_, ' ', csv_index_slack);
  found_ = index_(text, begin_, end_, {separators_.get(), row_ends_.get()});
  const std::size_t whole_rows =
      found_.rows > 0 ? separators_[row_ends_[found_.rows - 1]] - begin_ : 0;
  suspect_ = found_.has_nul || !simdjson::validate_utf8(text + begin_, whole_rows);
  next_separator_ = next_row_ = 0;
  indexed_ = true;
  return true;
}

/// The next row in front of anything odd.
bool CsvReader::next_indexed(CsvRow& row, Scratch& scratch) {
  const char* const text = text_.get();
  while (next_row_ < found_.rows) {
    const std::size_t first = next_separator_;
    const std::size_t last = row_ends_[next_row_++];
    next_separator_ = last + 1;
    const std::size_t begin = begin_;
    const std::size_t end = separators_[last];
    const bool has_return = end > begin && text[end - 1] == '\r';
    const bool is_blank = end == begin + (has_return ? 1 : 0);
    if (!is_blank) {
      // The last field may be empty, and then ends behind the comma in front of it.
      if (has_return) --separators_[last];
      row.field_count = last + 1 - first;
      row.fields = Row(text, begin, {separators_.get() + first, row.field_count}, scratch);
      describe(row, end, suspect_);
    }
    begin_ = end + 1;
    if (!is_blank) return true;
  }
  return false;
}

/// The row with the odd quotes, by CsvMachine; what follows is indexed anew. False when it is not
/// complete.
bool CsvReader::next_odd(CsvRow& row, Scratch& scratch) {
  const char* const text = text_.get();
  CsvMachine finder;
  std::size_t end = begin_;
  while (end < end_ && finder.step(text[end]) != CsvMachine::Event::row_end) ++end;
  if (end == end_) return false;

  char* out = scratch.take(end - begin_);
  char* field = out;
  std::size_t count = 0;
  CsvMachine machine;
  for (std::size_t at = begin_; at < end; ++at) {
    const auto event = machine.step(text[at]);
    if (event == CsvMachine::Event::put) *out++ = text[at];
    if (event != CsvMachine::Event::field_end) continue;
    add_field(count++, {field, static_cast<std::size_t>(out - field)});
    field = out;
  }
  if (text[end - 1] == '\r') --out;
  add_field(count++, {field, static_cast<std::size_t>(out - field)});
  row.field_count = count;
  row.fields = Row(std::span<const Text>(fields_).first(std::min(count, fields_.size())));
  describe(row, end, true);
  begin_ = end + 1;
  indexed_ = false;
  return true;
}

/// Fills in the row from begin_ to the line feed at `line_end`.
void CsvReader::describe(CsvRow& row, std::size_t line_end, bool look_closely) const {
  row.line = {text_.get() + begin_, line_end - begin_};
  row.fault = row.line.size() > row_bytes_max_ ? CsvFault::too_long : CsvFault::none;
  if (row.line.ends_with('\r')) row.line.remove_suffix(1);
  if (!look_closely || row.fault != CsvFault::none) return;
  if (row.line.find('\0') != std::string_view::npos) {
    row.fault = CsvFault::nul;
  } else if (!simdjson::validate_utf8(row.line.data(), row.line.size())) {
    row.fault = CsvFault::not_utf8;
  }
}

/// What is left at the end of the file: nothing, or a row whose quotes never close.
bool CsvReader::finish(CsvRow& row) {
  if (begin_ == end_) return false;
  row = {Row(), 0, {text_.get() + begin_, end_ - begin_ - (closed_ ? 1 : 0)}, CsvFault::open_quote};
  begin_ = end_;
  return true;
}

void CsvReader::start_skipping() {
  skipping_ = true;
  skip_machine_ = {};
  for (std::size_t at = begin_; at < end_; ++at) skip_machine_.step(text_[at]);
  skipped_.assign(text_.get() + begin_, std::min(end_ - begin_, limits::dead_letter_bytes_max));
  begin_ = end_;
}

bool CsvReader::next_skipped(CsvRow& row) {
  bool ended = false;
  while (begin_ < end_ && !ended)
    ended = skip_machine_.step(text_[begin_++]) == CsvMachine::Event::row_end;
  if (!ended && !at_end_) return false;
  skipping_ = false;
  indexed_ = false;
  const bool is_open = !ended && skip_machine_.is_in_quotes();
  row = {Row(), 0, skipped_, is_open ? CsvFault::open_quote : CsvFault::too_long};
  return true;
}

void CsvReader::move_partial_row() noexcept {
  const std::size_t size = end_ - begin_;
  if (size > 0 && begin_ > 0) std::memmove(text_.get(), text_.get() + begin_, size);
  begin_ = 0;
  end_ = size;
  chunk_end_ = size + chunk_bytes_;
  indexed_ = false;
}

}  // namespace billow::normalize
