/// @file
/// Suggestions for words that are nearly right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::cli {

/// Insertions, deletions, substitutions and swaps of neighbors that turn one into
/// the other.
std::size_t editDistance(std::string_view a, std::string_view b);

/// The nearest of `known` when it is near enough to be meant; empty otherwise.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace berth::cli
