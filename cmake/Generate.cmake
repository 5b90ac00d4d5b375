# Rules that make sources from other files: CRDs to C++, files to embedded bytes.

# berth_embed(TARGET store NAMESPACE berth::store::migrations
#   HEADER controller/store/migrations.hpp FILES migrations/0001-objects.sql)
#
# Compiles text files into berth_<TARGET>, and makes the header that gives them:
#
#     namespace berth::store::migrations { std::span<const EmbeddedFile> files(); }
#
# with the file names (without folder) and contents in the order of FILES.  Include
# it by HEADER's path.  The files must be UTF-8 text.
function(berth_embed)
  cmake_parse_arguments(ARG "" "TARGET;NAMESPACE;HEADER" "FILES" ${ARGN})
  set(root ${PROJECT_BINARY_DIR}/generated)
  set(header ${root}/${ARG_HEADER})
  string(REGEX REPLACE "\\.hpp$" ".cpp" source ${header})
  list(TRANSFORM ARG_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ REGEX "^[^/]")
  string(CONCAT text
    "/// @file\n/// Files that are part of the program, in the order of their list.\n"
    "#pragma once\n\n#include <span>\n\n#include \"core/base/embedded_file.hpp\"\n\n"
    "namespace ${ARG_NAMESPACE} {\n\nstd::span<const EmbeddedFile> files();\n\n}\n")
  file(CONFIGURE OUTPUT ${header} CONTENT "${text}" @ONLY)
  list(JOIN ARG_FILES "|" files)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DHEADER=${ARG_HEADER}
      -DNAMESPACE=${ARG_NAMESPACE} "-DFILES=${files}"
      -P ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
    DEPENDS ${ARG_FILES} ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
    COMMENT "Embedding ${ARG_HEADER}"
    VERBATIM)
  target_sources(berth_${ARG_TARGET} PRIVATE ${source})
  target_include_directories(berth_${ARG_TARGET} PUBLIC ${root})
endfunction()

# berth_kinds(FILE...): the library berth::kinds from CRDs, with
# "berth/v1alpha1/<kind>.hpp" for each of ours and "berth/embedded_crds.hpp".
function(berth_kinds)
  set(crdgen ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/crdgen/crdgen.py)
  set(crdgen_sources check.py cpp.py crdgen.py docs.py model.py)
  list(TRANSFORM crdgen_sources PREPEND ${PROJECT_SOURCE_DIR}/tools/crdgen/)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE schemas)
  set(out ${PROJECT_BINARY_DIR}/generated)

  execute_process(COMMAND ${crdgen} outputs ${schemas}
    OUTPUT_VARIABLE headers OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" headers "${headers}")
  list(TRANSFORM headers PREPEND ${out}/)
  list(TRANSFORM headers REPLACE "hpp$" "cpp" OUTPUT_VARIABLE sources)
  list(APPEND headers ${out}/berth/embedded_crds.hpp)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${schemas})

  # The stamp is what ninja compares; the files themselves keep their time when
  # their text is the same.
  add_custom_command(
    OUTPUT ${out}/kinds.stamp
    BYPRODUCTS ${headers} ${sources} ${out}/berth/embedded_crds.cpp
    COMMAND ${crdgen} cpp --out ${out} ${schemas}
    COMMAND ${CMAKE_COMMAND} -E touch ${out}/kinds.stamp
    DEPENDS ${schemas} ${crdgen_sources}
    COMMENT "Generating the kinds from crd-schemas"
    VERBATIM)
  add_custom_target(berth_kinds_generated DEPENDS ${out}/kinds.stamp)

  add_library(berth_kinds STATIC ${sources} ${out}/berth/embedded_crds.cpp)
  add_library(berth::kinds ALIAS berth_kinds)
  add_dependencies(berth_kinds berth_kinds_generated)
  target_include_directories(berth_kinds PUBLIC ${out})
  target_link_libraries(berth_kinds PUBLIC berth::core PRIVATE berth_warnings)
endfunction()
