/// @file
/// atBoundary: stops exceptions of other people's libraries.
///
///     return atBoundary("open store", [&]() -> Result<Database> { ... });
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/result.hpp"

namespace berth {

/// What `function` returns, or InternalError with what escaped from it.
template <class Function>
auto atBoundary(std::string_view what, Function&& function) -> std::invoke_result_t<Function> {
  try {
    return std::forward<Function>(function)();
  } catch (const std::exception& exception) {
    return Error{Reason::InternalError, std::string(what) + ": " + exception.what()};
  }
}

}  // namespace berth
