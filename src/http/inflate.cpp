#include "http/inflate.hpp"

#include "base/limits.hpp"
#include "base/vector_state.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>

namespace billow::http {

Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max) {
  if (packed.size() > std::numeric_limits<std::uint32_t>::max()) {
    return Error{Errc::over_limit, "gzip body of more than 4 GiB"};
  }
  constexpr std::size_t step_bytes = 256 * limits::KiB;
  const auto state = std::make_unique<inflate_state>();  // 80 KiB: too much for a coroutine's stack
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_GZIP;
  // ISA-L does not write through next_in; its interface merely lacks the const.
  state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(packed.data()));
  state->avail_in = static_cast<std::uint32_t>(packed.size());

  std::string out;
  for (;;) {
    const std::size_t filled = out.size();
    // One byte over the limit is enough to know that there is more.
    const std::size_t room = std::min(step_bytes, bytes_max - filled + 1);
    out.resize(filled + room);
    state->next_out = reinterpret_cast<std::uint8_t*>(out.data() + filled);
    state->avail_out = static_cast<std::uint32_t>(room);
    const int code = isal_inflate(state.get());
    clear_upper_halves();
    out.resize(filled + room - state->avail_out);
    if (code != ISAL_DECOMP_OK) return Error{Errc::malformed, "gzip body is damaged"};
    if (out.size() > bytes_max) {
      return Error{Errc::over_limit,
                   "gzip body unpacks to more than " + std::to_string(bytes_max) + " bytes"};
    }
    if (state->block_state == ISAL_BLOCK_FINISH) {
      if (state->avail_in == 0) return out;
      std::uint8_t* const rest = state->next_in;
      const std::uint32_t rest_bytes = state->avail_in;
      isal_inflate_reset(state.get());
      state->crc_flag = ISAL_GZIP;
      state->next_in = rest;
      state->avail_in = rest_bytes;
    } else if (state->avail_in == 0 && state->avail_out != 0) {
      return Error{Errc::malformed, "gzip body is cut short"};
    }
  }
}

}  // namespace billow::http
