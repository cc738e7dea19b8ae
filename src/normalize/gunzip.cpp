#include "normalize/gunzip.hpp"

#include "base/vector_state.hpp"

#include <isa-l/igzip_lib.h>

#include <cassert>
#include <string>

namespace billow::normalize {

struct Gunzip::State {
  inflate_state inflate;
};

namespace {

// A short file may begin with a long run: the ratio counts only beyond this.
constexpr std::uint64_t ratio_free_bytes = limits::MiB;

Error damaged() { return {Errc::malformed, "damaged gzip data"}; }

Error wrong_checksum() {
  return {Errc::malformed, "a gzip member does not match its checksum or its size"};
}

}  // namespace

Gunzip::Gunzip(std::size_t ratio_max) : state_(std::make_unique<State>()), ratio_max_(ratio_max) {
  begin();
}
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&&) noexcept = default;

void Gunzip::begin() {
  isal_inflate_init(&state_->inflate);
  bytes_in_ = bytes_out_ = members_ = 0;
  stage_ = Stage::between_members;
}

void Gunzip::feed(std::span<const char> bytes) {
  inflate_state& inflate = state_->inflate;
  assert(inflate.avail_in == 0);
  // ISA-L promises not to write through next_in, but its type lacks the const.
  inflate.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
  inflate.avail_in = static_cast<std::uint32_t>(bytes.size());
  bytes_in_ += bytes.size();
}

Result<std::size_t> Gunzip::read(std::span<char> out) {
  inflate_state& inflate = state_->inflate;
  for (;;) {
    if (stage_ != Stage::data) {
      if (auto taken = take_header(); !taken) return taken.error();
      if (stage_ != Stage::data) return 0;
    }
    const std::uint32_t avail_before = inflate.avail_in;
    inflate.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    inflate.avail_out = static_cast<std::uint32_t>(out.size());
    const int code = isal_inflate(&inflate);
    clear_upper_halves();
    if (code == ISAL_INCORRECT_CHECKSUM) return wrong_checksum();
    if (code < 0) return damaged();
    if (inflate.block_state == ISAL_BLOCK_FINISH) {
      ++members_;
      stage_ = Stage::between_members;
    }
    const std::size_t written = out.size() - inflate.avail_out;
    if (written > 0) return count(written);
    if (stage_ != Stage::data) continue;
    if (inflate.avail_in == 0) return 0;
    if (inflate.avail_in == avail_before) return damaged();
  }
}

/// Reads as much of a member's header as there is; the stage tells whether it is complete.
Result<void> Gunzip::take_header() {
  inflate_state& inflate = state_->inflate;
  if (inflate.avail_in == 0) return {};
  if (stage_ == Stage::between_members) {
    header_.begin();
    stage_ = Stage::header;
  }
  std::size_t used = 0;
  const auto status = header_.take({inflate.next_in, inflate.avail_in}, used);
  switch (status) {
    case GzipHeader::Status::wrong_format:
      return Error{Errc::malformed,
                   members_ == 0 ? "not a gzip file" : "bytes behind the last gzip member"};
    case GzipHeader::Status::wrong_checksum:
      return wrong_checksum();
    case GzipHeader::Status::more:
    case GzipHeader::Status::complete:
      break;
  }
  inflate.next_in += used;
  inflate.avail_in -= static_cast<std::uint32_t>(used);
  if (status == GzipHeader::Status::complete) {
    isal_inflate_reset(&inflate);
    inflate.crc_flag = ISAL_GZIP_NO_HDR_VER;  // the trailer is checked by ISA-L: CRC-32 and size
    stage_ = Stage::data;
  }
  return {};
}

Result<std::size_t> Gunzip::count(std::size_t written) {
  bytes_out_ += written;
  if (bytes_out_ > ratio_free_bytes && bytes_out_ / ratio_max_ > bytes_in_) {
    return Error{Errc::over_limit,
                 "inflates to more than " + std::to_string(ratio_max_) + " times its size"};
  }
  return written;
}

Result<void> Gunzip::end() const {
  if (stage_ != Stage::between_members) return Error{Errc::malformed, "the gzip file is cut short"};
  if (members_ == 0) return Error{Errc::malformed, "the gzip file is empty"};
  return {};
}

}  // namespace billow::normalize
