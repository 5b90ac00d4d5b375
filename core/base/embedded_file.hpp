/// @file
/// EmbeddedFile: a file that is part of the program (see berth_embed in
/// cmake/Generate.cmake).
#pragma once

#include <string_view>

namespace berth {

struct EmbeddedFile {
  std::string_view name;  // without folder
  std::string_view text;
};

}  // namespace berth
