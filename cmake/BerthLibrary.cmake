# berth_library(NAME store DEPS api THIRD_PARTY SQLite::SQLite3)
#
# One folder, one library, one line in its CMakeLists.txt.  DEPS names other
# berth libraries and is PUBLIC; THIRD_PARTY is PRIVATE, so that a package stays
# behind the folder that wraps it.  Sources are listed, never globbed.
function(berth_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;THIRD_PARTY" ${ARGN})
  set(kind STATIC)
  set(scope PUBLIC)
  if(NOT ARG_SOURCES)
    set(kind INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(berth_${ARG_NAME} ${kind} ${ARG_SOURCES})
  add_library(berth::${ARG_NAME} ALIAS berth_${ARG_NAME})
  target_include_directories(berth_${ARG_NAME} ${scope} ${PROJECT_SOURCE_DIR})
  target_compile_features(berth_${ARG_NAME} ${scope} cxx_std_20)
  list(TRANSFORM ARG_DEPS PREPEND berth::)
  target_link_libraries(berth_${ARG_NAME} ${scope} ${ARG_DEPS})
  if(ARG_SOURCES)
    target_link_libraries(berth_${ARG_NAME} PRIVATE berth_warnings ${ARG_THIRD_PARTY})
  endif()
endfunction()

# berth_test(unit/core/base/result_test.cpp LABEL unit DEPS core)
#
# Adds one source to the test program of its label; each GoogleTest case becomes a
# ctest case with that label.
function(berth_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT" "SOURCES;DEPS;THIRD_PARTY" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPS PREPEND berth::)
  target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_features(${ARG_NAME} PRIVATE cxx_std_20)
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} ${ARG_THIRD_PARTY} berth_warnings GTest::gmock_main)
  # A test is run once; what it tests is optimized, the test itself need not be.
  target_compile_options(${ARG_NAME} PRIVATE $<$<CONFIG:Release>:-O0>)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
endfunction()

add_library(berth_warnings INTERFACE)
target_compile_options(berth_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi
  -Wno-missing-field-initializers)  # designated initializers leave members out on purpose
