/// @file
/// What an Engine API's refusal means: the engine has few codes and many words.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth::docker {

/// The Error for an answer of 400 or more.  `what` was tried ("start web"); `body`
/// is as it came: JSON with a message, or text.
Error decodeError(std::string_view what, int status, const std::string& body);
/// The same for a line of a pull that began with 200 and failed later.
Error decodePullError(std::string_view what, const std::string& message);

}  // namespace berth::docker
