# Headers that take longer to read than our own code takes to compile: read once for all modules and
# once for all tests, with GoogleTest. A file still includes what it needs: `./run lint` reads every
# file without these (CMAKE_DISABLE_PRECOMPILE_HEADERS), and finds what is missing.
set(precompiled
  <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <span> <string> <string_view> <vector>
  <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/redirect_error.hpp>
  <boost/asio/steady_timer.hpp> <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>
  <boost/multiprecision/cpp_int.hpp> <boost/system/result.hpp>
  <fmt/chrono.h> <fmt/format.h> <rapidjson/stringbuffer.h> <rapidjson/writer.h> <simdjson.h> <spdlog/spdlog.h>)

# Every target is compiled with the settings of these libraries, as a precompiled header must be.
add_library(billow_precompiled_options INTERFACE)
target_link_libraries(billow_precompiled_options INTERFACE
  billow_options billow_boost billow_rapidjson fmt::fmt simdjson::simdjson spdlog::spdlog)

# precompile(TARGET HEADER...): a library of nothing, for others to REUSE_FROM.
function(precompile target)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${target} OBJECT ${source})
  target_link_libraries(${target} PRIVATE billow_precompiled_options)
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

precompile(billow_precompiled ${precompiled})
if(BILLOW_TESTS)
  precompile(billow_precompiled_tests ${precompiled} <gmock/gmock.h> <gtest/gtest.h>)
  target_link_libraries(billow_precompiled_tests PRIVATE GTest::gmock)
endif()
