#include "reconcilers/providers/docker/fake_core.hpp"

#include <algorithm>
#include <vector>

namespace berth::docker {
namespace {

class FakeEventStream final : public EventStream {
 public:
  FakeEventStream(FakeCore& core, int id, std::shared_ptr<Bell> bell)
      : core_(core), id_(id), bell_(std::move(bell)) {}
  ~FakeEventStream() override {
    bell_->silence();
    core_.closeStream(id_);
  }
  FakeEventStream(const FakeEventStream&) = delete;
  FakeEventStream& operator=(const FakeEventStream&) = delete;

  Result<std::vector<EngineEvent>> poll() override {
    return core_.work([&](FakeCore::State& state) -> Result<std::vector<EngineEvent>> {
      auto& stream = state.streams.at(id_);
      if (stream.broken)
        return makeFault(
            Reason::ServiceUnavailable, fault::kEngineAway, "events: the stream broke off");
      std::vector<EngineEvent> events(stream.events.begin(), stream.events.end());
      stream.events.clear();
      return events;
    });
  }

 private:
  FakeCore& core_;
  int id_;
  std::shared_ptr<Bell> bell_;
};

}  // namespace

struct FakeCore::Roles {
  explicit Roles(FakeCore& core)
      : engine(core), containers(core), io(core), images(core), volumes(core), networks(core) {}

  FakeEngine engine;
  FakeContainers containers;
  FakeIo io;
  FakeImages images;
  FakeVolumes volumes;
  FakeNetworks networks;
};

FakeCore::FakeCore(const Clock& clock) : FakeCore(clock, std::make_unique<Roles>(*this)) {}

FakeCore::FakeCore(const Clock& clock, std::unique_ptr<Roles> parts)
    : roles{parts->engine, parts->containers, parts->containers, parts->containers,
            parts->io,     parts->images,     parts->volumes,    parts->networks},
      clock_(clock),
      roles_(std::move(parts)) {}

FakeCore::~FakeCore() = default;

std::unique_ptr<EventStream> FakeCore::openStream(State& state, std::function<void()> wake) {
  const int id = state.nextStream++;
  state.streams[id];
  auto bell = std::make_shared<Bell>(std::move(wake));
  bells_.with([&](auto& bells) { bells[id] = bell; });
  return std::make_unique<FakeEventStream>(*this, id, std::move(bell));
}

void FakeCore::closeStream(int id) {
  bells_.with([&](auto& bells) { bells.erase(id); });
  state_.with([&](State& state) { state.streams.erase(id); });
}

void FakeCore::inject(FaultHook hook) {
  faults_.with([&](auto& faults) { faults.first = std::move(hook); });
}

void FakeCore::addFault(std::string_view call, CallFault fault) {
  faults_.with([&](auto& faults) {
    faults.second.push_back({std::string(call), std::move(fault)});
  });
}

std::optional<CallFault> FakeCore::nextFault(std::string_view name, const std::string& subject) {
  FaultHook hook;
  auto fault = faults_.with([&](auto& faults) -> std::optional<CallFault> {
    hook = faults.first;
    auto& pending = faults.second;
    const auto due = std::find_if(pending.begin(), pending.end(), [&](const Pending& each) {
      return each.call.empty() || each.call == name;
    });
    if (due == pending.end()) return std::nullopt;
    auto first = std::move(due->fault);
    pending.erase(due);
    return first;
  });
  if (fault || !hook) return fault;
  return hook(name, subject);
}

void FakeCore::ring() {
  std::vector<int> due;
  state_.with([&](State& state) {
    for (auto& [id, stream] : state.streams)
      if (std::exchange(stream.news, false)) due.push_back(id);
  });
  for (const int id : due) {
    const auto bell = bells_.with([&](auto& bells) -> std::shared_ptr<Bell> {
      const auto found = bells.find(id);
      return found == bells.end() ? nullptr : found->second;
    });
    if (bell) bell->ring();
  }
}

void emit(FakeCore::State& state, const std::string& action, const FakeContainer& container) {
  if (state.world.loseEvents) return;
  EngineEvent event{action, container.state.id, container.state.labels, state.now};
  event.attributes["name"] = container.state.name;
  event.attributes["image"] = container.state.image;
  if (action == "die") event.attributes["exitCode"] = std::to_string(container.state.exitCode);
  for (auto& [id, stream] : state.streams) {
    stream.events.push_back(event);
    stream.news = true;
  }
}

bool matchesLabels(const Labels& labels, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && (label.second.empty() || found->second == label.second);
  });
}

Result<> FakeEngine::ping(const Context&) {
  return core_.call("ping", "", [](FakeCore::State&) -> Result<> { return Ok{}; });
}

Result<EngineInfo> FakeEngine::info(const Context&) {
  return core_.call("info", "", [](FakeCore::State& state) -> Result<EngineInfo> {
    auto info = state.world.info;
    info.containers = static_cast<int>(state.world.containers.size());
    for (const auto& [id, container] : state.world.containers)
      if (container.state.running()) ++info.containersRunning;
    return info;
  });
}

Result<std::unique_ptr<EventStream>> FakeEngine::events(
    const Context&, std::function<void()> wake) {
  return core_.call("events", "", [&](FakeCore::State& state) {
    return Result<std::unique_ptr<EventStream>>(core_.openStream(state, std::move(wake)));
  });
}

}  // namespace berth::docker
