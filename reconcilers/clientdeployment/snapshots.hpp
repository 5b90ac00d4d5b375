/// @file
/// Snapshots: archives of the data of tenants that are deleted.
///
/// Written while nothing runs on the data, under a name that only exists once the
/// archive is whole, checked and on the disk.  FileSnapshots and, for tests and the
/// simulator, FakeSnapshots.  Thread-safe.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "core/base/context.hpp"
#include "core/base/guarded.hpp"
#include "core/base/result.hpp"
#include "core/object/meta.hpp"
#include "reconcilers/providers/docker/container_io.hpp"

namespace berth::clientdeployment {

/// Sends a tar into the sink, piece by piece.
using TarSource = std::function<Result<>(const docker::ByteSink& sink)>;

class Snapshots {
 public:
  virtual ~Snapshots() = default;
  /// Where the snapshot of this life of a deployment is; empty when there is none.
  virtual Result<std::string> find(const ObjectMeta& meta) = 0;
  /// Takes it, in place of an earlier one; where it is.
  virtual Result<std::string> write(const ObjectMeta& meta, const TarSource& source) = 0;
};

/// Below `root`: <namespace>/<name>/<uid>.tar, mode 0600.
class FileSnapshots final : public Snapshots {
 public:
  explicit FileSnapshots(std::filesystem::path root) : root_(std::move(root)) {}
  Result<std::string> find(const ObjectMeta& meta) override;
  Result<std::string> write(const ObjectMeta& meta, const TarSource& source) override;

 private:
  [[nodiscard]] std::filesystem::path pathOf(const ObjectMeta& meta) const;

  const std::filesystem::path root_;
};

class FakeSnapshots final : public Snapshots {
 public:
  Result<std::string> find(const ObjectMeta& meta) override;
  Result<std::string> write(const ObjectMeta& meta, const TarSource& source) override;
  /// The tars, by uid.
  [[nodiscard]] std::map<Uid, std::string> archives() const;

 private:
  Guarded<std::map<Uid, std::string>> archives_;
};

}  // namespace berth::clientdeployment
