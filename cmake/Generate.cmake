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
