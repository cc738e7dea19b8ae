#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"
#include "normalize/gzip_header.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace billow::normalize {

/// Inflates a gzip file (RFC 1952) piece by piece: any number of members one after the other, each
/// with its CRC-32 and size checked when it ends, and nothing behind the last one. Memory does not
/// depend on the file.
class Gunzip {
 public:
  /// `ratio_max`: bytes that one stored byte may become before the file is taken for an attack.
  explicit Gunzip(std::size_t ratio_max = limits::inflate_ratio_max);
  ~Gunzip();
  Gunzip(Gunzip&&) noexcept;

  /// Starts a new file.
  void begin();
  /// Lends the next bytes of the file; all of them have to be read before the next call.
  void feed(std::span<const char> bytes);
  /// Inflates into `out` (not empty) and returns how many bytes it wrote; 0 means that feed() or
  /// end() is due. Errc::malformed for anything that is not gzip, Errc::over_limit beyond the
  /// ratio.
  Result<std::size_t> read(std::span<char> out);
  /// The file has no more bytes: Errc::malformed unless its last member is complete.
  Result<void> end() const;

 private:
  struct State;
  enum class Stage : std::uint8_t { between_members, header, data };

  Result<void> take_header();
  Result<std::size_t> count(std::size_t written);

  std::unique_ptr<State> state_;
  std::size_t ratio_max_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  std::uint64_t members_ = 0;  ///< complete ones
  Stage stage_ = Stage::between_members;
  GzipHeader header_;
};

}  // namespace billow::normalize
