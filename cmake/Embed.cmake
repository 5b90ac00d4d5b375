# Run by berth_embed(): writes SOURCE, which holds FILES (separated by |) as raw
# string literals.
string(REPLACE "|" ";" files "${FILES}")
set(text "#include \"${HEADER}\"\n\n#include <array>\n\nnamespace ${NAMESPACE} {\nnamespace {\n\n")
string(APPEND text "constexpr std::array kFiles{\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND text "EmbeddedFile{\"${name}\", R\"berth_file(${content})berth_file\"},\n")
endforeach()
string(APPEND text "};\n\n}\n\nstd::span<const EmbeddedFile> files() { return kFiles; }\n\n}\n")
file(WRITE ${SOURCE} "${text}")
