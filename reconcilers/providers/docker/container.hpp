/// @file
/// Containers: what they are made from, what they are now, and the three roles
/// that make, look at and change them.  Read docker.hpp first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"

namespace berth::docker {

using Labels = std::map<std::string, std::string>;

enum class MountType { Volume, Bind, Tmpfs };

struct Mount {
  MountType type = MountType::Volume;
  std::string source;  // a volume's name or a path of the host; empty for Tmpfs
  std::string target;  // path in the container
  bool readOnly = false;

  auto operator<=>(const Mount&) const = default;
};

/// A published port.  As wished, hostPort 0 lets the engine choose; as observed,
/// it is what was really bound.
struct PortBinding {
  int containerPort = 0;
  std::string protocol = "tcp";
  std::string hostAddress = "127.0.0.1";
  int hostPort = 0;

  auto operator<=>(const PortBinding&) const = default;
};

/// 0 means without a limit.  The engine cannot take a limit away again: an update
/// from a limit to 0 leaves it, and the container must be made anew.
struct Resources {
  std::int64_t memoryBytes = 0;
  std::int64_t memoryReservationBytes = 0;
  std::int64_t memorySwapBytes = 0;  // memory and swap together; -1: without a limit
  std::int64_t nanoCpus = 0;
  std::int64_t pidsLimit = 0;

  bool operator==(const Resources&) const = default;
};

enum class RestartPolicy { No, OnFailure, Always, UnlessStopped };

struct LogConfig {
  std::string driver = "json-file";
  std::map<std::string, std::string> options;  // max-size, max-file

  bool operator==(const LogConfig&) const = default;
};

struct ContainerSpec {
  std::string name;
  std::string image;                 // reference or id; must be there (Images::pull)
  std::vector<std::string> command;  // empty: the image's own
  std::map<std::string, std::string> env;
  Labels labels;
  std::vector<Mount> mounts;  // a volume that is not there is made by the engine, without labels
  std::string network;        // empty: the engine's default bridge
  std::vector<std::string> networkAliases;
  std::vector<PortBinding> ports;
  Resources resources;
  RestartPolicy restart = RestartPolicy::No;
  int restartRetries = 0;  // for OnFailure; 0: for ever
  LogConfig log;
  std::optional<int> stopTimeoutSeconds;
  std::string hostname;
  std::string user;
  bool useImageHealthcheck = false;  // we probe ourselves: an exec probe costs 70 ms of CPU
  bool readOnlyRoot = false;
  bool init = false;
  std::vector<std::string> capDrop;
  std::vector<std::string> securityOptions;  // "no-new-privileges:true"

  bool operator==(const ContainerSpec&) const = default;
};

enum class ContainerStatus { Created, Running, Paused, Restarting, Removing, Exited, Dead };
/// As the engine spells it: "running".
std::string_view toString(ContainerStatus status);

/// One line of a list.
struct ContainerSummary {
  std::string id;
  std::string name;
  std::string image;    // as it was named at creation
  std::string imageId;  // sha256:...
  Labels labels;
  ContainerStatus status = ContainerStatus::Created;
  Time createdAt{};
};

struct ContainerNetwork {
  std::string name;
  std::string id;
  std::string address;  // IPv4, empty while it does not run

  bool operator==(const ContainerNetwork&) const = default;
};

/// All that the engine tells of one container.
struct ContainerState {
  std::string id;
  std::string name;
  std::string image;
  std::string imageId;
  Labels labels;
  ContainerStatus status = ContainerStatus::Created;
  int exitCode = 0;
  bool oomKilled = false;
  std::string error;  // the engine's words on a start that failed
  int restartCount = 0;
  std::int64_t pid = 0;
  Time createdAt{};
  std::optional<Time> startedAt;
  std::optional<Time> finishedAt;
  std::map<std::string, std::string> env;  // the image's own variables too
  std::vector<std::string> command;
  std::vector<Mount> mounts;
  std::vector<PortBinding> ports;  // what is bound now; empty while it does not run
  std::vector<ContainerNetwork> networks;
  Resources resources;
  RestartPolicy restart = RestartPolicy::No;
  LogConfig log;

  [[nodiscard]] bool running() const { return status == ContainerStatus::Running; }
};

/// Looks, and changes nothing.
class ContainerReader {
 public:
  virtual ~ContainerReader() = default;
  /// NotFound when there is none.
  virtual Result<ContainerState> inspect(const Context& context, const std::string& id) = 0;
  /// Running or not, those that carry all of `labels` ("" as value: any value).
  virtual Result<std::vector<ContainerSummary>> list(
      const Context& context, const Labels& labels) = 0;
};

/// A container's life.
class Containers {
 public:
  virtual ~Containers() = default;
  /// Its id.  NotFound with kImageMissing; AlreadyExists with kNameTaken: look whose
  /// it is; Invalid when the engine refuses the spec.
  virtual Result<std::string> create(const Context& context, const ContainerSpec& spec) = 0;
  /// Conflict with kPortTaken; Invalid with kCannotRun; the container stays Created.
  virtual Result<> start(const Context& context, const std::string& id) = 0;
  /// SIGTERM, and SIGKILL after `grace`.  A stopped one is not restarted by its policy.
  virtual Result<> stop(const Context& context, const std::string& id, Duration grace) = 0;
  /// Success when it does not run.  Like stop, it ends the restart policy.
  virtual Result<> kill(
      const Context& context, const std::string& id, const std::string& signal) = 0;
  /// Kills it first when `force`, else Conflict with kRunning.  Named volumes stay;
  /// anonymous ones go.  Conflict with kRemoving while an earlier removal goes on.
  virtual Result<> remove(const Context& context, const std::string& id, bool force) = 0;
};

/// What of a container can change without making it anew.
class ContainerSettings {
 public:
  virtual ~ContainerSettings() = default;
  /// Success when it has the name; AlreadyExists with kNameTaken when another has.
  virtual Result<> rename(
      const Context& context, const std::string& id, const std::string& name) = 0;
  /// Limits and restart policy, running or not, without a restart.
  virtual Result<> update(
      const Context& context,
      const std::string& id,
      const Resources& resources,
      RestartPolicy restart) = 0;
};

}  // namespace berth::docker
