/// @file
/// What fuzz targets share: the input as text, and a check that ends the program.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace berth::fuzz {

inline std::string_view asText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The first byte chooses, the rest is the input.
inline std::uint8_t takeChoice(std::string_view& text) {
  if (text.empty()) return 0;
  const auto choice = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  return choice;
}

}  // namespace berth::fuzz
