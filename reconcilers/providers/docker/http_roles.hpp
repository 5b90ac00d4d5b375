/// @file
/// The roles of an HttpDocker, each over the same EngineApi.  Only for http_*.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconcilers/providers/docker/engine_api.hpp"

namespace berth::docker {

class HttpContainers final : public ContainerReader, public Containers, public ContainerSettings {
 public:
  explicit HttpContainers(EngineApi& api) : api_(api) {}
  Result<ContainerState> inspect(const Context& context, const std::string& id) override;
  Result<std::vector<ContainerSummary>> list(const Context& context, const Labels& labels) override;
  Result<std::string> create(const Context& context, const ContainerSpec& spec) override;
  Result<> start(const Context& context, const std::string& id) override;
  Result<> stop(const Context& context, const std::string& id, Duration grace) override;
  Result<> kill(const Context& context, const std::string& id, const std::string& signal) override;
  Result<> remove(const Context& context, const std::string& id, bool force) override;
  Result<> rename(const Context& context, const std::string& id, const std::string& name) override;
  Result<> update(
      const Context& context,
      const std::string& id,
      const Resources& resources,
      RestartPolicy restart) override;

 private:
  EngineApi& api_;
};

class HttpImages final : public Images {
 public:
  explicit HttpImages(EngineApi& api) : api_(api) {}
  Result<ImageState> inspect(const Context& context, const std::string& image) override;
  Result<ImageState> pull(const Context& context, const PullSpec& spec) override;
  Result<std::string> remoteDigest(
      const Context& context,
      const std::string& image,
      const std::optional<RegistryAuth>& auth) override;
  Result<ImageState> importTar(
      const Context& context,
      const std::string& image,
      const std::vector<std::string>& changes,
      const ByteSource& tar) override;
  Result<> remove(const Context& context, const std::string& image) override;

 private:
  EngineApi& api_;
};

class HttpVolumes final : public Volumes {
 public:
  explicit HttpVolumes(EngineApi& api) : api_(api) {}
  Result<VolumeState> create(const Context& context, const VolumeSpec& spec) override;
  Result<VolumeState> inspect(const Context& context, const std::string& name) override;
  Result<std::vector<VolumeState>> list(const Context& context, const Labels& labels) override;
  Result<> remove(const Context& context, const std::string& name) override;

 private:
  EngineApi& api_;
};

class HttpNetworks final : public Networks {
 public:
  explicit HttpNetworks(EngineApi& api) : api_(api) {}
  Result<NetworkState> create(const Context& context, const NetworkSpec& spec) override;
  Result<NetworkState> inspect(const Context& context, const std::string& id) override;
  Result<std::vector<NetworkState>> list(const Context& context, const Labels& labels) override;
  Result<> remove(const Context& context, const std::string& id) override;

 private:
  EngineApi& api_;
};

class HttpIo final : public ContainerIo {
 public:
  explicit HttpIo(EngineApi& api) : api_(api) {}
  Result<> logs(
      const Context& context,
      const std::string& id,
      const LogOptions& options,
      const LogSink& sink) override;
  Result<ExecResult> exec(
      const Context& context, const std::string& id, const ExecSpec& spec) override;
  Result<> readArchive(
      const Context& context,
      const std::string& id,
      const std::string& path,
      const ByteSink& sink) override;
  Result<> writeArchive(
      const Context& context,
      const std::string& id,
      const std::string& path,
      const ByteSource& tar) override;
  Result<ContainerStats> stats(const Context& context, const std::string& id) override;

 private:
  Result<bool> isTerminal(const Context& context, const std::string& id);
  Result<int> exitCode(const Context& context, const std::string& execId);

  EngineApi& api_;
};

class HttpEngine final : public Engine {
 public:
  explicit HttpEngine(EngineApi& api) : api_(api) {}
  Result<> ping(const Context& context) override;
  Result<EngineInfo> info(const Context& context) override;
  Result<std::unique_ptr<EventStream>> events(
      const Context& context, std::function<void()> wake) override;

 private:
  EngineApi& api_;
};

/// All of a source, at most 1 GiB: the engine's API takes a tar in one body.
Result<std::string> gather(const ByteSource& source);

}  // namespace berth::docker
