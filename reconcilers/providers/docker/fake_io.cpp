#include "reconcilers/providers/docker/fake_core.hpp"

namespace berth::docker {
namespace {

Result<FakeContainer*> mustFind(FakeCore::State& state, const std::string& id) {
  auto* found = state.world.find(id);
  if (found == nullptr) return Error{Reason::NotFound, "no such container: " + id};
  return found;
}

}  // namespace

// Gives what is there; a fake container writes nothing later, so following ends too.
Result<> FakeIo::logs(
    const Context&, const std::string& id, const LogOptions&, const LogSink& sink) {
  std::string out;
  std::string err;
  BERTH_CHECK(core_.call("logs", id, [&](FakeCore::State& state) -> Result<> {
    BERTH_TRY(const auto* container, mustFind(state, id));
    out = container->out;
    err = container->err;
    return Ok{};
  }));
  if (!out.empty() && !sink(Output::Stdout, out)) return Ok{};
  if (!err.empty()) sink(Output::Stderr, err);
  return Ok{};
}

Result<ExecResult> FakeIo::exec(const Context&, const std::string& id, const ExecSpec&) {
  return core_.command("exec", id, [&](FakeCore::State& state) -> Result<ExecResult> {
    BERTH_TRY(const auto* container, mustFind(state, id));
    if (!container->state.running())
      return makeFault(Reason::Conflict, fault::kNotRunning, "container " + id + " is not running");
    return container->execResult;
  });
}

Result<> FakeIo::readArchive(
    const Context&, const std::string& id, const std::string& path, const ByteSink& sink) {
  BERTH_TRY(
      const auto tar,
      core_.call("archive.read", id, [&](FakeCore::State& state) -> Result<std::string> {
        BERTH_TRY(const auto* container, mustFind(state, id));
        const auto found = container->archives.find(path);
        if (found == container->archives.end())
          return Error{Reason::NotFound, "no " + path + " in container " + id};
        return found->second;
      }));
  return sink(tar);
}

Result<> FakeIo::writeArchive(
    const Context&, const std::string& id, const std::string& path, const ByteSource& tar) {
  std::string bytes;
  for (;;) {
    BERTH_TRY(const auto piece, tar());
    if (piece.empty()) break;
    bytes += piece;
  }
  return core_.command("archive.write", id, [&](FakeCore::State& state) -> Result<> {
    BERTH_TRY(auto* container, mustFind(state, id));
    container->archives[path] = bytes;
    return Ok{};
  });
}

Result<ContainerStats> FakeIo::stats(const Context&, const std::string& id) {
  return core_.call("stats", id, [&](FakeCore::State& state) -> Result<ContainerStats> {
    BERTH_TRY(const auto* container, mustFind(state, id));
    auto stats = container->stats;
    stats.at = state.now;
    return stats;
  });
}

}  // namespace berth::docker
