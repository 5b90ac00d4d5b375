// bench_probe: what it costs to probe 50 tenants every second.
//
//     bench_probe [tenants] [seconds]
//
// The tenants are one process of the stand-in, reached at as many loopback addresses,
// so that each is a connection of its own; only the prober's process is counted.
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "reconcilers/providers/hosts/epoll_prober.hpp"
#include "tests/support/child_program.hpp"
#include "tests/support/eventually.hpp"

namespace berth {
namespace {

constexpr double kMostPercent = 2.0;  // of one core, for 50 tenants

double cpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void pass(std::chrono::seconds time) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, time, [] { return false; });
}

int run(int tenants, int seconds) {
  std::string folder = std::filesystem::temp_directory_path() / "bench-probe-XXXXXX";
  BERTH_ASSERT(mkdtemp(folder.data()) != nullptr);
  constexpr int kPort = 18'977;
  setenv("DATA_DIR", folder.c_str(), 1);
  setenv("PORT", std::to_string(kPort).c_str(), 1);
  std::int64_t probes = 0;
  double percent = 0;
  {
    const support::ChildProgram tenant({BERTH_TENANT}, {.output = "/dev/null"});
    const SystemClock clock;
    hosts::EpollProber prober(clock);
    const auto key = [](int i) { return "tenant-" + std::to_string(i); };
    for (int i = 0; i < tenants; ++i)
      prober.set(
          key(i),
          {.address = "127.0." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250),
           .port = kPort});
    BERTH_ASSERT(support::eventually([&] {
      for (int i = 0; i < tenants; ++i) {
        const auto latest = prober.latest(key(i));
        if (!latest || !latest->success()) return false;
      }
      return true;
    }));

    const double before = cpuSeconds();
    pass(std::chrono::seconds(seconds));
    percent = (cpuSeconds() - before) / seconds * 100;
    for (int i = 0; i < tenants; ++i) probes += prober.latest(key(i))->streak;
  }
  std::filesystem::remove_all(folder);
  std::printf(
      "probing %d tenants every second for %d s: %.2f %% of a core, %lld probes, ratio to the "
      "bar %.2f\n",
      tenants,
      seconds,
      percent,
      static_cast<long long>(probes),
      percent / (kMostPercent * tenants / 50));
  return percent <= kMostPercent * tenants / 50 ? 0 : 1;
}

}  // namespace
}  // namespace berth

int main(int argc, char** argv) {
  return berth::run(argc > 1 ? std::atoi(argv[1]) : 50, argc > 2 ? std::atoi(argv[2]) : 10);
}
