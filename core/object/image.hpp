/// @file
/// ImageReference: the parts of a container image's name.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth {

struct ImageReference {
  std::string registry;    // "ghcr.io", "localhost:5000"; "docker.io" when not written
  std::string repository;  // "open-webui/open-webui"; "library/x" for a bare name
  std::string tag;         // empty when there is only a digest; "latest" when there is neither
  std::string digest;      // "sha256:…", or empty

  bool operator==(const ImageReference&) const = default;
  /// As it is pulled: registry/repository[:tag][@digest].
  [[nodiscard]] std::string text() const;
};

/// Invalid, saying what is wrong and how it should look, for anything but
/// [registry[:port]/]path[:tag][@sha256:<64 hex digits>].
Result<ImageReference> parseImage(std::string_view text);

}  // namespace berth
