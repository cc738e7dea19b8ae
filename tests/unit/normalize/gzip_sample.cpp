#include "gzip_sample.hpp"

#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>

#include <memory>

namespace billow::normalize {

std::string gzip(std::string_view text) {
  auto stream = std::make_unique<isal_zstream>();
  isal_deflate_init(stream.get());
  std::string input(text);
  std::string out(text.size() + text.size() / 8 + 1024, '\0');
  stream->end_of_stream = 1;
  stream->gzip_flag = IGZIP_GZIP;
  stream->next_in = reinterpret_cast<std::uint8_t*>(input.data());
  stream->avail_in = static_cast<std::uint32_t>(input.size());
  stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream->avail_out = static_cast<std::uint32_t>(out.size());
  EXPECT_EQ(isal_deflate(stream.get()), COMP_OK);
  EXPECT_EQ(stream->avail_in, 0u);
  out.resize(stream->total_out);
  return out;
}

}  // namespace billow::normalize
