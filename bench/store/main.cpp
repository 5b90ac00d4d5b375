// How fast the stores commit: operations per second, the processor's time for each,
// and how long a writer waits, at 1, 16 and 64 writers, each without and with an audit
// record.
//
//     bench_store [SECONDS]      (of each measurement; 2 by default)
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include "controller/store/postgres_store.hpp"
#include "controller/store/sqlite_store.hpp"
#include "tests/support/postgres_server.hpp"

namespace berth::store {
namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBodyBytes = 2000;
// As long as that of a request.
const std::string kRecord =
    R"({"address":"192.0.2.7","decision":"allow","diff":")" + std::string(64, '0') +
    R"(","groups":["system:masters","system:authenticated"],"name":"bench","request":")" +
    std::string(36, '0') + R"(","resource":"clientdeployments.berth.dev","uid":")" +
    std::string(36, '0') + R"(","user":"admin","verb":"update"})";

struct Figures {
  double perSecond = 0;
  double processorMicros = 0;  // of this process, for each
  double medianMillis = 0;
  double slowestMillis = 0;  // the 99th percentile
};

double processorSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return double(time.tv_sec) + double(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Write creating(const std::string& name) {
  return {
      .operation = Operation::Create,
      .resource = "clientdeployments.berth.dev",
      .key = {"bench", name},
      .uid = "uid-of-" + name,
      .body = {R"({"v":"","fill":")" + std::string(kBodyBytes, 'x') + R"("})", 6},
      .actor = "bench"};
}

/// Replaces the writer's own object again and again; gives how long each took.
std::vector<double> replaceUntil(
    Store& store, int writer, bool audited, steady_clock::time_point until) {
  std::vector<double> waits;
  Write write = creating("w" + std::to_string(writer));
  if (audited) write.audit = kRecord;
  while (steady_clock::now() < until) {
    const auto began = steady_clock::now();
    const auto stored = store.write({}, write);
    if (!stored) {
      if (stored.error().reason != Reason::AlreadyExists) {
        std::fprintf(stderr, "%s\n", stored.error().message.c_str());
        std::exit(1);
      }
      write.operation = Operation::Replace;
      continue;
    }
    waits.push_back(Seconds(steady_clock::now() - began).count() * 1000);
    write.operation = Operation::Replace;
    write.expected = (*stored)->revision;
  }
  return waits;
}

Figures measure(Store& store, int writers, bool audited, double seconds) {
  const auto began = steady_clock::now();
  const auto until = began + std::chrono::duration_cast<steady_clock::duration>(Seconds(seconds));
  const double processor = processorSeconds();
  std::vector<std::vector<double>> waits(static_cast<std::size_t>(writers));
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer)
      threads.emplace_back([&, writer] {
        waits[std::size_t(writer)] = replaceUntil(store, writer, audited, until);
      });
  }
  const double took = Seconds(steady_clock::now() - began).count();
  std::vector<double> all;
  for (const auto& part : waits) all.insert(all.end(), part.begin(), part.end());
  std::ranges::sort(all);
  const auto count = double(all.size());
  return {
      count / took,
      (processorSeconds() - processor) * 1e6 / count,
      all[all.size() / 2],
      all[all.size() * 99 / 100]};
}

void report(const char* name, Store& store, double seconds) {
  for (const int writers : {1, 16, 64}) {
    for (const bool audited : {false, true}) {
      const auto figures = measure(store, writers, audited, seconds);
      std::printf(
          "%-22s %3d writers%s: %7.0f writes/s, %6.1f us of processor each, waiting %6.2f ms (p50) "
          "%7.2f ms (p99)\n",
          name,
          writers,
          audited ? ", audited" : "         ",
          figures.perSecond,
          figures.processorMicros,
          figures.medianMillis,
          figures.slowestMillis);
      std::fflush(stdout);
    }
  }
}

/// What a start costs, or a watch that has expired: a list of everything.
void reportListing(const char* name, Store& store) {
  constexpr int kThreads = 32;
  constexpr int kEach = 320;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&store, thread] {
        for (int i = 0; i < kEach; ++i) {
          const auto stored =
              store.write({}, creating(std::to_string(thread) + "-" + std::to_string(i)));
          if (!stored) std::fprintf(stderr, "%s\n", stored.error().message.c_str());
        }
      });
    }
  }
  const auto began = steady_clock::now();
  const auto page = store.list({}, {});
  const double took = Seconds(steady_clock::now() - began).count();
  std::printf("%-22s list of %zu objects: %.0f ms\n", name, page->objects.size(), took * 1000);
}

template <class Opened>
Store& orEnd(Opened& opened) {
  if (opened) return **opened;
  std::fprintf(stderr, "%s\n", opened.error().message.c_str());
  std::exit(1);
}

void run(double seconds) {
  const SystemClock clock;
  SystemRandom random;
  std::printf("bodies of %zu bytes, %g s each, fsync on\n", kBodyBytes, seconds);
  {
    const support::TemporaryFolder folder;
    auto store = SqliteStore::open({.path = folder.path() / "state.db"}, clock, random);
    report("SQLite", orEnd(store), seconds);
    reportListing("SQLite", **store);
  }
  const support::PostgresServer server(support::PostgresServer::Options{.durable = true});
  {
    auto store = PostgresStore::open({.url = server.url()}, clock, random);
    report("PostgreSQL", orEnd(store), seconds);
    reportListing("PostgreSQL", **store);
  }
  const support::PgBouncer pooler(server, 1);
  auto store = PostgresStore::open({.url = pooler.url()}, clock, random);
  report("PostgreSQL, pgbouncer", orEnd(store), seconds);
}

}  // namespace
}  // namespace berth::store

int main(int count, char** arguments) {
  berth::store::run(count > 1 ? std::atof(arguments[1]) : 2);
  return 0;
}
