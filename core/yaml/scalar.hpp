/// @file
/// What a plain scalar of YAML means.
#pragma once

#include <string>

#include "core/json/json.hpp"

namespace berth::yaml {

/// The value that the text stands for when it is not quoted: null, a boolean, a number,
/// or else the text itself.  Infinities and NaN, which JSON has not, stay text.
Json resolvePlain(const std::string& text);

}  // namespace berth::yaml
