#include "normalize/gzip_header.hpp"

#include <isa-l/crc.h>

namespace billow::normalize {
namespace {

constexpr std::uint32_t fixed_size = 10;
constexpr std::uint8_t has_checksum = 2, has_extra = 4, has_name = 8, has_comment = 16,
                       reserved = 0xE0;

}  // namespace

GzipHeader::Status GzipHeader::take(std::span<const std::uint8_t> bytes,
                                    std::size_t& used) noexcept {
  for (used = 0; used < bytes.size() && part_ != Part::done;) {
    const Status status = take_byte(bytes[used++]);
    if (status != Status::more) return status;
  }
  return part_ == Part::done ? Status::complete : Status::more;
}

GzipHeader::Status GzipHeader::take_byte(std::uint8_t byte) noexcept {
  const std::uint32_t at = position_++;
  const auto low = static_cast<std::uint16_t>(number_ | byte << (at % 2 * 8));
  if (part_ != Part::checksum) crc_ = crc32_gzip_refl(crc_, &byte, 1);
  switch (part_) {
    case Part::fixed:
      if ((at == 0 && byte != 0x1f) || (at == 1 && byte != 0x8b) || (at == 2 && byte != 8))
        return Status::wrong_format;
      if (at == 3) flags_ = byte;
      if (at == 3 && (flags_ & reserved) != 0) return Status::wrong_format;
      if (position_ == fixed_size) start(Part::extra_size);
      break;
    case Part::extra_size:
      number_ = low;
      if (position_ < 2) break;
      extra_size_ = low;
      start(extra_size_ > 0 ? Part::extra : Part::name);
      break;
    case Part::extra:
      if (position_ == extra_size_) start(Part::name);
      break;
    case Part::name:
      if (byte == 0) start(Part::comment);
      break;
    case Part::comment:
      if (byte == 0) start(Part::checksum);
      break;
    case Part::checksum:
      number_ = low;
      if (position_ < 2) break;
      if (low != (crc_ & 0xFFFF)) return Status::wrong_checksum;
      start(Part::done);
      break;
    case Part::done:
      break;
  }
  return part_ == Part::done ? Status::complete : Status::more;
}

bool GzipHeader::announced(Part part) const noexcept {
  switch (part) {
    case Part::extra_size:
      return (flags_ & has_extra) != 0;
    case Part::name:
      return (flags_ & has_name) != 0;
    case Part::comment:
      return (flags_ & has_comment) != 0;
    case Part::checksum:
      return (flags_ & has_checksum) != 0;
    default:
      return true;
  }
}

void GzipHeader::start(Part part) noexcept {
  // A part that is not there leaves its place to the next one; without the extra size there is no
  // extra.
  while (!announced(part)) {
    part = part == Part::extra_size ? Part::name
                                    : static_cast<Part>(static_cast<std::uint8_t>(part) + 1);
  }
  part_ = part;
  position_ = 0;
  number_ = 0;
}

}  // namespace billow::normalize
