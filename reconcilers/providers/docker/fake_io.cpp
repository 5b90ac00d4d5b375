#include "reconcilers/providers/docker/fake_core.hpp"

namespace berth::docker {
namespace {

Result<FakeContainer*> mustFind(FakeCore::State& state, const std::string& id) {
  auto* found = state.world.find(id);
  if (found == nullptr) return Error{Reason::NotFound, "no such container: " + id};
  return found;
}

/// A tar with one file, "rows": a row a line.
std::string tarOf(const FakeData& data) {
  constexpr std::size_t kBlock = 512;
  std::string content;
  for (const auto& row : data.rows) content += row + "\n";

  std::string header(kBlock, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  const auto octal = [](std::size_t number, std::size_t digits) {
    std::string text(digits, '0');
    for (auto i = digits; i-- > 0; number /= 8) text[i] = static_cast<char>('0' + number % 8);
    return text;
  };
  put(0, "rows");
  put(100, "0000600");
  put(124, octal(content.size(), 11));
  put(148, "        ");
  put(156, "0");
  put(257, "ustar");
  std::size_t sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  put(148, octal(sum, 6));
  content.resize((content.size() + kBlock - 1) / kBlock * kBlock);
  return header + content + std::string(2 * kBlock, '\0');
}

/// The tar that a test has put there, or else one of what is mounted there.
Result<std::string> archiveAt(
    const FakeWorld& world, const FakeContainer& container, const std::string& path) {
  const auto found = container.archives.find(path);
  if (found != container.archives.end()) return found->second;
  for (const auto& mount : container.state.mounts)
    if (mount.target == path) {
      const auto data = world.data.find(mount.source);
      return tarOf(data == world.data.end() ? FakeData{} : data->second);
    }
  return Error{Reason::NotFound, "no " + path + " in container " + container.state.id};
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
        return archiveAt(state.world, *container, path);
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
