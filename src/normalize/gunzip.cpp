#include "normalize/gunzip.hpp"

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

std::string reason_of(int code, bool first_member) {
  switch (code) {
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
      return first_member ? "not a gzip file" : "bytes behind the last gzip member";
    case ISAL_INCORRECT_CHECKSUM: return "a gzip member does not match its checksum or its size";
    default: return "damaged gzip data";
  }
}

}  // namespace

Gunzip::Gunzip(std::size_t ratio_max) : state_(std::make_unique<State>()), ratio_max_(ratio_max) { begin(); }
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&&) noexcept = default;

void Gunzip::begin() {
  isal_inflate_init(&state_->inflate);
  bytes_in_ = bytes_out_ = members_ = 0;
  inside_member_ = false;
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
    if (!inside_member_) {
      if (inflate.avail_in == 0) return 0;
      isal_inflate_reset(&inflate);
      inflate.crc_flag = ISAL_GZIP;
      inside_member_ = true;
    }
    const std::uint32_t avail_before = inflate.avail_in;
    inflate.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    inflate.avail_out = static_cast<std::uint32_t>(out.size());
    const int code = isal_inflate(&inflate);
    if (code < 0) return Error{Errc::malformed, reason_of(code, members_ == 0)};
    if (inflate.block_state == ISAL_BLOCK_FINISH) {
      ++members_;
      inside_member_ = false;
    }
    const std::size_t written = out.size() - inflate.avail_out;
    if (written > 0) return count(written);
    if (inside_member_ && (inflate.avail_in == 0 || inflate.avail_in == avail_before)) {
      if (inflate.avail_in == 0) return 0;
      return Error{Errc::malformed, "damaged gzip data"};
    }
  }
}

Result<std::size_t> Gunzip::count(std::size_t written) {
  bytes_out_ += written;
  if (bytes_out_ > ratio_free_bytes && bytes_out_ / ratio_max_ > bytes_in_) {
    return Error{Errc::over_limit, "inflates to more than " + std::to_string(ratio_max_) + " times its size"};
  }
  return written;
}

Result<void> Gunzip::end() const {
  if (inside_member_) return Error{Errc::malformed, "the gzip file is cut short"};
  if (members_ == 0) return Error{Errc::malformed, "the gzip file is empty"};
  return {};
}

}  // namespace billow::normalize
