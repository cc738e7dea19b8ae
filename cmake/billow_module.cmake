# billow_module(NAME base SRCS a.cpp ... [DEPS other modules] [LIBS third-party targets])
# One concept, one static library billow_<name>. A module may include only what DEPS names:
# tests/tidy reads these lists and the #include lines and fails where they disagree.
function(billow_module)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS;LIBS" ${ARGN})
  add_library(billow_${ARG_NAME} STATIC ${ARG_SRCS})
  list(TRANSFORM ARG_DEPS PREPEND billow_ OUTPUT_VARIABLE deps)
  target_link_libraries(billow_${ARG_NAME} PUBLIC billow_precompiled_options ${deps} ${ARG_LIBS})
  target_precompile_headers(billow_${ARG_NAME} REUSE_FROM billow_precompiled)
  # Most modules wait for others, and coroutines take the optimiser long; those that touch every byte
  # of a bill ask for more.
  target_compile_options(billow_${ARG_NAME} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# billow_test(MODULE base SRCS a_test.cpp ... [LABELS threads] [LIBS ...])
# One test program per module. Tests labelled `threads` run under ThreadSanitizer too.
function(billow_test)
  cmake_parse_arguments(ARG "" "MODULE" "SRCS;LABELS;LIBS" ${ARGN})
  set(target test_${ARG_MODULE})
  add_executable(${target} ${ARG_SRCS})
  target_link_libraries(${target} PRIVATE billow_${ARG_MODULE} ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${target} REUSE_FROM billow_precompiled_tests)
  target_compile_definitions(${target} PRIVATE
    BILLOW_SOURCE_DIR="${CMAKE_SOURCE_DIR}" BILLOW_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
  # One label a test: gtest_discover_tests flattens a list of them.
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${ARG_MODULE}." NO_PRETTY_VALUES
    PROPERTIES LABELS ${ARG_LABELS} TIMEOUT 120)
  billow_test_program(${target} ${ARG_LABELS})
endfunction()

# Adds a line `label path` to test_programs.txt in the build folder, which ./run test goes by.
function(billow_test_program target label)
  set_property(GLOBAL APPEND_STRING PROPERTY billow_test_programs "${label} $<TARGET_FILE:${target}>\n")
endfunction()

# billow_embed(TARGET t SYMBOL name FILES ...): files compiled into the program, so that one binary
# is the whole installation. Declares them in namespace billow::embedded (see base/embedded.hpp).
function(billow_embed)
  cmake_parse_arguments(ARG "" "TARGET;SYMBOL;BASE" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${ARG_SYMBOL}.cpp)
  set(text "#include \"base/embedded.hpp\"\n")
  set(table "")
  set(n 0)
  foreach(file ${ARG_FILES})
    file(RELATIVE_PATH name ${ARG_BASE} ${file})
    set(sym "billow_${ARG_SYMBOL}_${n}")
    # ccache does not look into .incbin: without the digest it gives back what was made of an older file.
    file(SHA256 ${file} digest)
    string(APPEND text "// ${name} ${digest}\n")
    string(APPEND text "__asm__(\".section .rodata\\n.balign 16\\n${sym}:\\n.incbin \\\"${file}\\\"\\n${sym}_end:\\n.byte 0\\n.previous\\n\");\nextern \"C\" const char ${sym}[] __attribute__((visibility(\"hidden\")));\nextern \"C\" const char ${sym}_end[] __attribute__((visibility(\"hidden\")));\n")
    string(APPEND table "      {\"${name}\", {${sym}, static_cast<std::size_t>(${sym}_end - ${sym})}},\n")
    math(EXPR n "${n}+1")
  endforeach()
  string(APPEND text "namespace billow::embedded {\nstd::span<const File> ${ARG_SYMBOL}() {\n  static const File files[] = {\n${table}  };\n  return files;\n}\n}  // namespace billow::embedded\n")
  file(CONFIGURE OUTPUT ${out} CONTENT "${text}" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${ARG_FILES}")
  target_sources(${ARG_TARGET} PRIVATE ${out})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_FILES})
endfunction()
