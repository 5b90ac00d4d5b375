/// @file
/// YAML from and to documents.  The only include of yaml-cpp is behind it.
///
/// Plain scalars are read as sigs.k8s.io/yaml reads them, hence as kubectl does: true,
/// yes and on (false, no, off) are booleans, 0777 is octal, 1e3 is 1000, dates are
/// strings.  Keys become strings.  Merge keys (`<<`) are merged.  A text that begins with
/// "{" is tried as JSON first.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth {

/// Aliases count as often as they are used, so that a few hundred bytes cannot become
/// millions of nodes.
struct YamlLimits {
  std::size_t maxBytes = std::size_t{3} * 1024 * 1024;
  std::size_t maxDepth = 64;
  std::size_t maxNodes = 300'000;
};

struct YamlKey {
  std::string path;  // spec.image
  int line = 0;      // of the later one; the last one won
};

struct YamlDocument {
  Json document;
  int line = 1;  // where it begins in the text
  std::vector<YamlKey> duplicateKeys;
};

/// The documents of a stream, without empty ones.  BadRequest with the place ("line 3,
/// column 7: ...") when it is not YAML, not UTF-8, nested too deeply or too large when its
/// aliases are followed; RequestEntityTooLarge when the text is too long.
Result<std::vector<YamlDocument>> parseYaml(std::string_view text, const YamlLimits& limits = {});

/// As kubectl prints: block style, sorted keys, quotes where needed; ends with a newline.
std::string toYaml(const Json& document);

}  // namespace berth
