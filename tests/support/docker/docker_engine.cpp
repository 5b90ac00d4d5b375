#include "tests/support/docker/docker_engine.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include "core/base/random.hpp"
#include "core/http/transports.hpp"
#include "tests/support/eventually.hpp"

namespace berth::support {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The exit status of a command that may fail.
int run(const std::vector<std::string>& command) { return ChildProgram(command, {}).wait(); }

docker::ByteSource once(std::string bytes) {
  return [bytes = std::move(bytes), given = false]() mutable -> Result<std::string> {
    return std::exchange(given, true) ? std::string() : bytes;
  };
}

}  // namespace

std::string tarOf(const std::string& name, const std::string& bytes, int mode) {
  std::array<char, 512> head{};
  std::snprintf(head.data(), 100, "%s", name.c_str());
  std::snprintf(head.data() + 100, 8, "%07o", static_cast<unsigned>(mode));
  std::snprintf(head.data() + 108, 8, "%07o", 0U);
  std::snprintf(head.data() + 116, 8, "%07o", 0U);
  std::snprintf(head.data() + 124, 12, "%011lo", static_cast<unsigned long>(bytes.size()));
  std::snprintf(head.data() + 136, 12, "%011o", 0U);
  head[156] = '0';
  std::memcpy(head.data() + 257, "ustar", 5);
  std::memcpy(head.data() + 263, "00", 2);
  std::memset(head.data() + 148, ' ', 8);
  unsigned sum = 0;
  for (const char byte : head) sum += static_cast<unsigned char>(byte);
  std::snprintf(head.data() + 148, 8, "%06o", sum);
  std::string tar(head.data(), head.size());
  tar += bytes;
  tar.resize((tar.size() + 511) / 512 * 512 + 1024);
  return tar;
}

DockerEngine::DockerEngine() {
  std::string pattern = std::filesystem::temp_directory_path() / "berth-engine-XXXXXX";
  BERTH_ASSERT(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  makeBridge();
  client_ = std::make_unique<docker::HttpDocker>(http::makeUnixTransport(socket(), clock_), clock_);
  start();
}

DockerEngine::~DockerEngine() {
  if (daemon_) clear();
  stop();
  run({"/usr/sbin/ip", "link", "del", bridge_});
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void DockerEngine::makeBridge() {
  SystemRandom random;
  for (int attempt = 0; attempt < 50; ++attempt) {
    const auto number = below(random, 64 * 256);
    bridge_ = "brd" + std::to_string(number);
    if (run({"/usr/sbin/ip", "link", "add", bridge_, "type", "bridge"}) != 0) continue;
    const auto address =
        "10." + std::to_string(64 + number / 256) + "." + std::to_string(number % 256) + ".1/24";
    if (run({"/usr/sbin/ip", "addr", "add", address, "dev", bridge_}) == 0 &&
        run({"/usr/sbin/ip", "link", "set", bridge_, "up"}) == 0)
      return;
    run({"/usr/sbin/ip", "link", "del", bridge_});
  }
  BERTH_ASSERT(!"no bridge could be made: the tests of a real engine need root and iproute2");
}

void DockerEngine::start() {
  std::error_code ignored;
  std::filesystem::remove(folder_ + "/docker.pid", ignored);
  const auto log = folder_ + "/dockerd.log";
  daemon_.emplace(
      std::vector<std::string>{
          "/usr/sbin/dockerd",
          "--data-root=" + folder_ + "/data",
          "--exec-root=" + folder_ + "/exec",
          "--pidfile=" + folder_ + "/docker.pid",
          "--host=unix://" + socket(),
          "--bridge=" + bridge_,
          "--iptables=false"},
      ChildProgram::Options{.output = log});
  const bool up = eventually(
      [this] { return !daemon_->running() || roles().engine.ping({}).has_value(); },
      std::chrono::seconds(60));
  if (up && daemon_->running()) return;
  std::fprintf(stderr, "dockerd does not start:\n%s\n", readFile(log).c_str());
  std::abort();
}

void DockerEngine::stop() { daemon_.reset(); }

void DockerEngine::clear() {
  auto docker = roles();
  if (const auto containers = docker.reader.list({}, {}))
    for (const auto& container : *containers)
      static_cast<void>(docker.containers.remove({}, container.id, true));
  if (const auto networks = docker.networks.list({}, {}))
    for (const auto& network : *networks)
      if (network.name != "bridge" && network.name != "host" && network.name != "none")
        static_cast<void>(docker.networks.remove({}, network.id));
}

void DockerEngine::importProgram(const std::string& binary, const std::string& image) {
  const auto name = std::filesystem::path(binary).filename().string();
  const auto imported = roles().images.importTar(
      {}, image, {"ENTRYPOINT [\"/" + name + "\"]"}, once(tarOf(name, readFile(binary))));
  if (!imported) std::fprintf(stderr, "%s\n", imported.error().message.c_str());
  BERTH_ASSERT(imported.has_value());
}

}  // namespace berth::support
