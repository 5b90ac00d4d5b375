/// @file
/// explainText: a kind or one of its fields, as `kubectl explain` shows it.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

struct ExplainedKind {
  std::string group;
  std::string apiVersion;
  std::string kind;
};

/// `schemas` is components.schemas of an OpenAPI v3 document.  NotFound, with a
/// suggestion, when the path leads to no field.
Result<std::string> explainText(
    const Json& schemas,
    const ExplainedKind& kind,
    const std::vector<std::string>& path,
    bool recursive);

/// Lines of at most `width` characters, each after `indent`.
std::string wrapText(const std::string& text, const std::string& indent, std::size_t width);

}  // namespace berth::cli
