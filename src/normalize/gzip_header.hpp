#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace billow::normalize {

/// Reads the header of a gzip member (RFC 1952, 2.3) in pieces of any size, its checksum included.
/// Done by us since ISA-L 2.30 takes a header with a checksum for damaged when it arrives in
/// pieces.
class GzipHeader {
 public:
  enum class Status { more, complete, wrong_format, wrong_checksum };

  void begin() noexcept { *this = {}; }
  /// Takes bytes up to the end of the header; `used` of them when it is complete.
  Status take(std::span<const std::uint8_t> bytes, std::size_t& used) noexcept;

 private:
  enum class Part : std::uint8_t { fixed, extra_size, extra, name, comment, checksum, done };

  Status take_byte(std::uint8_t byte) noexcept;
  /// Starts `part`, or the next one that the flags announce.
  void start(Part part) noexcept;
  bool announced(Part part) const noexcept;

  Part part_ = Part::fixed;
  std::uint8_t flags_ = 0;
  std::uint16_t number_ = 0;    ///< little-endian, while it is read
  std::uint32_t position_ = 0;  ///< within the part
  std::uint32_t extra_size_ = 0;
  std::uint32_t crc_ = 0;  ///< of all bytes before the header's own checksum
};

}  // namespace billow::normalize
