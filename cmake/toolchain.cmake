# Compiler and linker settings that hold for every target of ours.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache keeps what was compiled with a precompiled header only with this sloppiness; what it does
  # not know yet it need not preprocess first (CCACHE_DEPEND).
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

add_library(billow_options INTERFACE)
target_compile_options(billow_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  -fPIE -fstack-protector-strong -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes Asio's coroutine frame allocator, whose operator delete it inlines, for a mismatch.
  target_compile_options(billow_options INTERFACE -Wno-mismatched-new-delete)
endif()
if(CMAKE_UNITY_BUILD)
  # The sanitizer presets compile eight files as one. What one names is no mistake in the next, and a
  # coroutine with a lambda does not lie in a header; the other presets see each file by itself.
  target_compile_options(billow_options INTERFACE -Wno-shadow -Wno-subobject-linkage)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
  target_compile_options(billow_options INTERFACE -fcf-protection)
endif()
target_compile_definitions(billow_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_CO_AWAIT _GLIBCXX_ASSERTIONS)
target_include_directories(billow_options INTERFACE ${CMAKE_SOURCE_DIR}/src)

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

# For the modules that touch every byte of every bill.
set(billow_hot_options $<$<CONFIG:Release>:-O3>)
if(BILLOW_SANITIZE)
  add_compile_options(-fsanitize=${BILLOW_SANITIZE} -fno-omit-frame-pointer)
  # At a fixed address: the end-to-end tests start the program a thousand times, and to relocate what
  # the sanitizers add was half of a start.
  add_link_options(-fsanitize=${BILLOW_SANITIZE} -no-pie)
  # Every use of a pointer would be checked twice more, which takes a third of the compile time and half
  # of the program: AddressSanitizer sees a null pointer as well. The hot path asks for them.
  if(BILLOW_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize=null,alignment,object-size,vptr)
    set(billow_hot_options -fsanitize=null,alignment,object-size)
  endif()
  # GCC 12 reports false positives of these in sanitized builds.
  add_compile_options(-Wno-maybe-uninitialized -Wno-tsan -Wno-restrict
    -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-free-nonheap-object)
else()
  add_link_options(-pie -Wl,-z,relro,-z,now)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With optimisation GCC 12 sees overlaps and overflows in std::string that are not there (GCC bugs 105651,
    # 105329): they stay warnings.
    target_compile_options(billow_options INTERFACE
      -Wno-restrict -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow -Wno-error=stringop-overread
      -Wno-error=array-bounds -Wno-error=free-nonheap-object)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_definitions(billow_options INTERFACE _FORTIFY_SOURCE=2)
  endif()
endif()
