/// @file
/// runBerth: one command line, from its words to its exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"

namespace berth::cli {

/// `program` is how the binary was called: "berth", "kubectl-berth", or
/// "kubectl_complete-berth", by which kubectl asks its plugins for completions.
int runBerth(World& world, const std::string& program, const std::vector<std::string>& words);

/// docs/reference/cli.md: the help of every command with its flags, as Markdown.
std::string referencePage();

}  // namespace berth::cli
