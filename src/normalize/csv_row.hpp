#pragma once

#include "charge/charge.hpp"
#include "normalize/scratch.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace billow::normalize {

/// One row of a CSV file while it is being read. Fields are found by their place in the header, and
/// cut out when they are asked for: of most rows only a few are. A test makes one of any array of
/// texts.
class Row final {
 public:
  Row() = default;
  explicit Row(std::span<const Text> fields) noexcept
      : count_(fields.size()), fields_(fields.data()) {}
  /// A row as it stands in `text`: it begins at `begin`, and its fields end at `ends`, the last one
  /// in front of the line end. csv_index_slack bytes behind it are readable. `scratch` takes the
  /// fields in which doubled quotes have to be undone.
  Row(const char* text, std::size_t begin, std::span<const std::uint32_t> ends,
      Scratch& scratch) noexcept
      : count_(ends.size()), text_(text), begin_(begin), ends_(ends.data()), scratch_(&scratch) {}

  /// How many fields there are.
  std::size_t size() const noexcept { return count_; }
  /// The field's text without its quotes. The view lives until the next row; it borrows from the
  /// file's chunk or, where doubled quotes had to be undone, from `scratch`. Empty for a place
  /// beyond the row's end.
  Text field(std::size_t place) const {
    if (place >= count_) return {};
    if (fields_ != nullptr) return fields_[place];
    const Text raw = source(place, place + 1);
    return raw.size() >= 2 && raw.front() == '"' ? unquote(raw) : raw;
  }

  /// True when source() tells what stands in the file.
  bool has_source() const noexcept { return ends_ != nullptr; }
  /// The fields first to last - 1 (first < last <= size()) as they stand in the file, with their
  /// quotes and the commas between them. The byte behind is a comma or belongs to the line end.
  Text source(std::size_t first, std::size_t last) const noexcept {
    const std::size_t begin = first == 0 ? begin_ : ends_[first - 1] + std::size_t{1};
    return {text_ + begin, ends_[last - 1] - begin};
  }
  /// The same of one field. Empty for a place beyond the row's end.
  Text source_of(std::size_t place) const noexcept {
    return place < count_ ? source(place, place + 1) : Text();
  }

 private:
  Text unquote(Text raw) const;

  std::size_t count_ = 0;
  const Text* fields_ = nullptr;
  const char* text_ = nullptr;
  std::size_t begin_ = 0;
  const std::uint32_t* ends_ = nullptr;
  Scratch* scratch_ = nullptr;
};

}  // namespace billow::normalize
