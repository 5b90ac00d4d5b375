// The whole controller with 1,000 settled deployments on an engine in memory: what it
// costs when nothing happens.  The memory is that of the process, the fake engine's
// 1,000 containers included.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "controller/process.hpp"
#include "core/object/core_kinds.hpp"
#include "reconcilers/providers/docker/fake_docker.hpp"
#include "reconcilers/providers/hosts/fake_host_facts.hpp"
#include "reconcilers/providers/hosts/fake_prober.hpp"

namespace {

using namespace berth;
using namespace std::chrono_literals;

constexpr int kHosts = 10;
constexpr int kDeployments = 1000;
constexpr auto kSettleTime = 120s;
constexpr auto kMeasured = 30s;

class FakeMachines final : public Machines {
 public:
  explicit FakeMachines(docker::FakeDocker& docker) : docker_(docker) {
    facts_.change([](hosts::Facts& facts) { facts.memoryBytes = std::int64_t{4} << 40U; });
  }
  Result<Machine> find(const MachineAddress&) override { return Machine{docker_.roles(), facts_}; }

 private:
  docker::FakeDocker& docker_;
  hosts::FakeHostFacts facts_;
};

template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "bench_idle: %s\n", result.error().message.c_str());
  std::exit(1);
}

double cpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return double(time.tv_sec) + double(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double residentMegabytes() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return double(resident) * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

std::string nameOf(int number) { return "t" + std::to_string(number); }

void createAll(ObjectClient& objects) {
  for (int i = 0; i < kHosts; ++i)
    must(objects.create(
        {},
        v1alpha1::Host::kType,
        {{"metadata", {{"name", "host" + std::to_string(i)}}},
         {"spec", {{"connection", {{"type", "Local"}}}}}}));
  for (int i = 0; i < kDeployments; ++i)
    must(objects.create(
        {},
        v1alpha1::ClientDeployment::kType,
        {{"metadata", {{"name", nameOf(i)}, {"namespace", "default"}}},
         {"spec", {{"image", "tenant:1"}}}}));
}

bool isReady(ObjectClient& objects, int number) {
  const auto document =
      must(objects.get({}, v1alpha1::ClientDeployment::kType, {"default", nameOf(number)}));
  const auto tenant = must(decodeObject<v1alpha1::ClientDeployment>(document));
  return isTrue(tenant.status.conditions, "Ready");
}

/// The revision that the next write gets, by making one.
std::int64_t takeRevision(ObjectClient& objects, const std::string& name) {
  const auto made = must(objects.create(
      {}, CoreConfigMap::kType, {{"metadata", {{"name", name}, {"namespace", "default"}}}}));
  return std::stoll(stringAt(made, "metadata.resourceVersion"));
}

void settle(ObjectClient& objects, hosts::FakeProber& prober) {
  const auto deadline = SystemClock().now() + kSettleTime;
  for (int i = 0; i < kDeployments;) {
    prober.probe();
    if (isReady(objects, i)) {
      ++i;
      continue;
    }
    if (SystemClock().now() > deadline)
      must(Result<>(Error{Reason::Timeout, nameOf(i) + " did not become Ready"}));
    std::this_thread::sleep_for(20ms);
  }
  std::this_thread::sleep_for(3s);  // what is still on its way: events, the last statuses
}

int measure(const std::string& folder) {
  const SystemClock clock;
  SystemRandom random;
  docker::FakeDocker docker(clock);
  docker.addImage("tenant:1");
  auto prober = std::make_unique<hosts::FakeProber>(
      clock,
      [&](const std::string& address, int port) { return docker.httpStatus(address, port); });
  auto& probes = *prober;
  ControllerOptions options;
  options.dataDir = folder;
  options.listen = "127.0.0.1:0";
  options.logLevel = "error";
  auto process = must(Process::start(
      options, {std::make_unique<FakeMachines>(docker), std::move(prober)}, clock, random));
  createAll(process->objects());
  settle(process->objects(), probes);

  const auto before = takeRevision(process->objects(), "before");
  const double cpu = cpuSeconds();
  std::this_thread::sleep_for(kMeasured);
  const double used = (cpuSeconds() - cpu) / double(kMeasured.count()) * 100;
  const auto writes = takeRevision(process->objects(), "after") - before - 1;
  const double memory = residentMegabytes();
  const auto line = [](const char* claim, const std::string& figure, bool holds) {
    std::printf("%-58s %-34s %s\n", claim, figure.c_str(), holds ? "holds" : "DOES NOT HOLD");
  };
  char text[64];
  std::snprintf(text, sizeof text, "%.2f %% of a core", used);
  line("1,000 idle deployments: CPU", text, used < 1);
  line("1,000 idle deployments: writes in 30 s", std::to_string(writes), writes == 0);
  std::snprintf(text, sizeof text, "%.1f MB", memory);
  line("1,000 idle deployments: resident memory", text, memory < 80);
  process->stop();
  return 0;
}

}  // namespace

int main() {
  char folder[] = "/tmp/berth-idle-XXXXXX";
  if (!mkdtemp(folder)) return 1;
  const int code = measure(folder);
  std::filesystem::remove_all(folder);
  return code;
}
