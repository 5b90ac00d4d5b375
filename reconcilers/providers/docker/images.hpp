/// @file
/// Images: what containers are made from, here and in registries.  Read docker.hpp
/// first.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"
#include "core/base/secret.hpp"
#include "reconcilers/providers/docker/container_io.hpp"

namespace berth::docker {

/// "registry:5000/team/app:1.2@sha256:..." taken apart.
struct ImageReference {
  std::string repository;
  std::string tag;     // "latest" when neither tag nor digest was given
  std::string digest;  // sha256:..., or empty

  /// What the engine wants: repository@digest, or repository:tag.
  [[nodiscard]] std::string text() const;
  bool operator==(const ImageReference&) const = default;
};
/// Invalid with what is wrong.
Result<ImageReference> parseImageReference(const std::string& text);

struct ImageState {
  std::string id;  // sha256:...
  std::vector<std::string> tags;
  std::vector<std::string> digests;  // repository@sha256:...
  std::map<std::string, std::string> labels;
  std::int64_t sizeBytes = 0;
};

struct RegistryAuth {
  std::string username;
  Secret password;
  std::string server;
};

struct PullProgress {
  int layersDone = 0;
  int layers = 0;
  std::int64_t bytesDone = 0;
  std::int64_t bytes = 0;  // known so far
};

struct PullSpec {
  std::string image;
  std::optional<RegistryAuth> auth;
  std::function<void(const PullProgress&)> progress;  // may be absent
};

class Images {
 public:
  virtual ~Images() = default;
  /// By reference or id; NotFound with kImageMissing.
  virtual Result<ImageState> inspect(const Context& context, const std::string& image) = 0;
  /// Fetches one tag or digest and waits for it, also when it is here already (a tag
  /// may have moved).  NotFound with kImageUnknown, Forbidden with kImageDenied,
  /// ServiceUnavailable with kPullFailed or kDiskFull.
  virtual Result<ImageState> pull(const Context& context, const PullSpec& spec) = 0;
  /// The digest that the registry has for the reference now, without fetching it.
  virtual Result<std::string> remoteDigest(
      const Context& context,
      const std::string& image,
      const std::optional<RegistryAuth>& auth) = 0;
  /// Makes an image of a root file system in a tar.  `changes` are lines such as
  /// `ENTRYPOINT ["/app"]`.
  virtual Result<ImageState> importTar(
      const Context& context,
      const std::string& image,
      const std::vector<std::string>& changes,
      const ByteSource& tar) = 0;
  /// Success when it is not here; Conflict with kInUse.
  virtual Result<> remove(const Context& context, const std::string& image) = 0;
};

}  // namespace berth::docker
