/// @file
/// FakeCore: the one lock, the faults and the event streams that the roles of a
/// FakeDocker share.  Only for fake_*.cpp.  Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/guarded.hpp"
#include "reconcilers/providers/docker/fake_docker.hpp"
#include "reconcilers/providers/docker/fault.hpp"

namespace berth::docker {

/// One stream's end in the fake.
struct FakeStream {
  std::deque<EngineEvent> events;
  bool broken = false;
  bool news = false;
};

/// A callback that can be switched off for good, also while it is being called.
class Bell {
 public:
  explicit Bell(std::function<void()> wake) : wake_(std::move(wake)) {}
  void ring() {
    const std::lock_guard lock(mutex_);
    if (wake_) wake_();
  }
  void silence() {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
  }

 private:
  std::recursive_mutex mutex_;
  std::function<void()> wake_;
};

class FakeCore {
 public:
  struct State {
    FakeWorld world;
    std::map<int, FakeStream> streams;
    int nextStream = 1;
    Time now{};
    std::multimap<Time, std::function<void(State&)>> late;  // work that is still to be done
  };

  explicit FakeCore(const Clock& clock);
  ~FakeCore();

  /// A call of the engine's API: faults, then the work, then the wakes.
  template <class Function>
  auto call(std::string_view name, const std::string& subject, Function&& function)
      -> std::invoke_result_t<Function, State&> {
    return call(name, function, nextFault(name, subject));
  }
  template <class Function>
  auto call(std::string_view name, Function&& function, const std::optional<CallFault>& fault)
      -> std::invoke_result_t<Function, State&> {
    if (fault && !fault->afterEffect) return fault->error;
    auto result = work([&](State& state) -> std::invoke_result_t<Function, State&> {
      if (state.world.away)
        return makeFault(
            Reason::ServiceUnavailable, fault::kEngineAway, std::string(name) + ": docker is away");
      return function(state);
    });
    if (fault) return fault->error;
    return result;
  }
  /// call(), and the command is kept for tests to see.
  template <class Function>
  auto command(std::string_view name, const std::string& subject, Function&& function)
      -> std::invoke_result_t<Function, State&> {
    return command(name, subject, function, nextFault(name, subject));
  }
  template <class Function>
  auto command(
      std::string_view name,
      const std::string& subject,
      Function&& function,
      const std::optional<CallFault>& fault) -> std::invoke_result_t<Function, State&> {
    const auto noted = [&](State& state) {
      state.world.commands.push_back(std::string(name) + " " + subject);
      return function(state);
    };
    return call(name, noted, fault);
  }
  /// command(), whose work can also be done when the caller has given up: `function`
  /// must own all that it uses.
  template <class Function>
  auto lateCommand(std::string_view name, const std::string& subject, Function function)
      -> std::invoke_result_t<Function, State&> {
    const auto fault = nextFault(name, subject);
    if (!fault || !fault->lateBy) return command(name, subject, function, fault);
    work([&](State& state) {
      state.late.emplace(state.now + *fault->lateBy, [function](State& later) {
        static_cast<void>(function(later));
      });
    });
    return fault->error;
  }
  /// Changes the world from outside of the API.
  template <class Function>
  auto work(Function&& function) -> std::invoke_result_t<Function, State&> {
    struct RingAfterwards {
      FakeCore& core;
      ~RingAfterwards() { core.ring(); }
    } ringAfterwards{*this};
    return state_.with([&](State& state) {
      state.now = clock_.now();
      while (!state.late.empty() && state.late.begin()->first <= state.now)
        state.late.extract(state.late.begin()).mapped()(state);
      return function(state);
    });
  }

  std::unique_ptr<EventStream> openStream(State& state, std::function<void()> wake);
  void closeStream(int id);
  void inject(FaultHook hook);
  void addFault(std::string_view call, CallFault fault);

  Docker roles;

 private:
  struct Roles;
  struct Pending {
    std::string call;
    CallFault fault;
  };

  std::optional<CallFault> nextFault(std::string_view name, const std::string& subject);
  void ring();

  const Clock& clock_;
  Guarded<State> state_;
  Guarded<std::map<int, std::shared_ptr<Bell>>> bells_;
  Guarded<std::pair<FaultHook, std::list<Pending>>> faults_;
  std::unique_ptr<Roles> roles_;

  explicit FakeCore(const Clock& clock, std::unique_ptr<Roles> roles);
};

/// Tells all streams, unless events are being lost.
void emit(FakeCore::State& state, const std::string& action, const FakeContainer& container);

// A container's life, for the roles and for what happens by itself.
Result<> startContainer(FakeCore::State& state, FakeContainer& container);
void endContainer(FakeCore::State& state, FakeContainer& container, int exitCode, bool oomKilled);
void restartByPolicy(FakeCore::State& state, FakeContainer& container);
void destroyContainer(FakeCore::State& state, const std::string& id);
FakeData& dataOf(FakeWorld& world, const std::string& source);

// The roles, each over the same core.
class FakeContainers final : public ContainerReader, public Containers, public ContainerSettings {
 public:
  explicit FakeContainers(FakeCore& core) : core_(core) {}
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
  FakeCore& core_;
};

class FakeImages final : public Images {
 public:
  explicit FakeImages(FakeCore& core) : core_(core) {}
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
  FakeCore& core_;
};

class FakeVolumes final : public Volumes {
 public:
  explicit FakeVolumes(FakeCore& core) : core_(core) {}
  Result<VolumeState> create(const Context& context, const VolumeSpec& spec) override;
  Result<VolumeState> inspect(const Context& context, const std::string& name) override;
  Result<std::vector<VolumeState>> list(const Context& context, const Labels& labels) override;
  Result<> remove(const Context& context, const std::string& name) override;

 private:
  FakeCore& core_;
};

class FakeNetworks final : public Networks {
 public:
  explicit FakeNetworks(FakeCore& core) : core_(core) {}
  Result<NetworkState> create(const Context& context, const NetworkSpec& spec) override;
  Result<NetworkState> inspect(const Context& context, const std::string& id) override;
  Result<std::vector<NetworkState>> list(const Context& context, const Labels& labels) override;
  Result<> remove(const Context& context, const std::string& id) override;

 private:
  FakeCore& core_;
};

class FakeIo final : public ContainerIo {
 public:
  explicit FakeIo(FakeCore& core) : core_(core) {}
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
  FakeCore& core_;
};

class FakeEngine final : public Engine {
 public:
  explicit FakeEngine(FakeCore& core) : core_(core) {}
  Result<> ping(const Context& context) override;
  Result<EngineInfo> info(const Context& context) override;
  Result<std::unique_ptr<EventStream>> events(
      const Context& context, std::function<void()> wake) override;

 private:
  FakeCore& core_;
};

/// Whether `labels` has all of `wanted`.
bool matchesLabels(const Labels& labels, const Labels& wanted);
VolumeState& makeVolume(FakeCore::State& state, const VolumeSpec& spec);

}  // namespace berth::docker
