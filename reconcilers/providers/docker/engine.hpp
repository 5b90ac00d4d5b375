/// @file
/// Engine: the daemon itself: who it is, and what happens in it.  Read docker.hpp
/// first.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/context.hpp"
#include "core/base/result.hpp"

namespace berth::docker {

struct EngineInfo {
  std::string id;          // the daemon's own, kept in its data root
  std::string name;        // host name
  std::string version;     // 24.0.7
  std::string apiVersion;  // as negotiated: 1.41
  std::string operatingSystem;
  std::string architecture;
  std::string kernel;
  std::string dataRoot;
  std::string storageDriver;
  std::string cgroupVersion;
  int cpus = 0;
  std::int64_t memoryBytes = 0;
  int containers = 0;
  int containersRunning = 0;
  std::vector<std::string> warnings;
};

/// What happened to a container: create, start, die, stop, kill, oom, rename,
/// update, pause, unpause, destroy.
struct EngineEvent {
  std::string action;
  std::string containerId;
  std::map<std::string, std::string> attributes;  // its labels, name, image, exitCode
  Time at{};

  [[nodiscard]] std::string attribute(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? "" : found->second;
  }
};

/// What happens from now on.  Events are hints: the engine forgets all but 256, so
/// whoever opens a stream lists after that, and lists again after every new one.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// What has come since the last call; does not wait.  After an Error the stream
  /// has ended for good: open another, then list.
  virtual Result<std::vector<EngineEvent>> poll() = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  /// A round trip; agrees on the API version when it has not been done.
  virtual Result<> ping(const Context& context) = 0;
  virtual Result<EngineInfo> info(const Context& context) = 0;
  /// `wake` is called, from a thread of the stream and without locks, when poll()
  /// has something new or an Error; it must not block, and is not called once the
  /// stream has been destroyed.
  virtual Result<std::unique_ptr<EventStream>> events(
      const Context& context, std::function<void()> wake) = 0;
};

}  // namespace berth::docker
