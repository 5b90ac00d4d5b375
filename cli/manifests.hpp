/// @file
/// Manifests: the documents of files, folders and standard input.
#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"
#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

struct Manifest {
  Json document;
  std::string source;  // the file's name, or "stdin"
  int line = 1;        // of the document's first line

  /// "demo.yaml:12".
  [[nodiscard]] std::string place() const { return source + ":" + std::to_string(line); }
};

/// All documents in order; a List is taken apart, empty documents are passed
/// over.  Errors carry file and line: bad YAML or JSON, a key that is there
/// twice, a document without apiVersion, kind or name.  No document is an error.
Result<std::vector<Manifest>> readManifests(
    World& world, const std::vector<std::string>& files, bool recursive);

/// The documents of one text.
Result<std::vector<Manifest>> parseManifests(const std::string& text, const std::string& source);

}  // namespace berth::cli
