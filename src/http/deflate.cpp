#include "http/deflate.hpp"

#include "base/vector_state.hpp"

#include <isa-l/igzip_lib.h>

#include <cassert>
#include <cstdint>

namespace billow::http {

std::string gzip(std::string_view text) {
  std::string levels(ISAL_DEF_LVL1_DEFAULT, '\0');
  std::string out(text.size() / 4 + 4096, '\0');
  for (;;) {
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.gzip_flag = IGZIP_GZIP;
    stream.level = 1;
    stream.level_buf = reinterpret_cast<std::uint8_t*>(levels.data());
    stream.level_buf_size = static_cast<std::uint32_t>(levels.size());
    stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));  // only read
    stream.avail_in = static_cast<std::uint32_t>(text.size());
    stream.end_of_stream = 1;
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream.avail_out = static_cast<std::uint32_t>(out.size());
    const int code = isal_deflate_stateless(&stream);
    clear_upper_halves();
    if (code == COMP_OK) {
      out.resize(stream.total_out);
      return out;
    }
    assert(code == STATELESS_OVERFLOW);
    out.resize(out.size() * 2);  // text that does not shrink
  }
}

}  // namespace billow::http
