// The stand-in tenant: one small static program that behaves toward an operator as
// Open WebUI does.  README.md beside this file says what it answers and how it can
// be made to misbehave.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <sys/stat.h>

#include <sqlite3.h>

#include "tests/support/tenant/app.hpp"

namespace berth::tenant {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

void say(const char* what) {
  std::printf("INFO:     %s\n", what);
  std::fflush(stdout);
}

void makeFolders(const std::string& path) {
  for (auto at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    mkdir(path.substr(0, at).c_str(), 0755);
  mkdir(path.c_str(), 0755);
}

/// False when it was told to stop meanwhile.
bool waitUntil(steady_clock::time_point end) {
  while (steady_clock::now() < end)
    if (!waitFor(milliseconds(50))) return false;
  return !stopWanted();
}

bool migrate(Database& database, const Settings& settings) {
  if (database.schemaVersion() == settings.schema) return true;
  say("Running migrations");
  const auto end = steady_clock::now() + seconds(settings.migrateSeconds);
  bool stopped = false;
  database.migrate(settings.schema, [&] {
    if (steady_clock::now() >= end) return false;
    stopped = stopped || !waitFor(milliseconds(10));
    return !stopped;
  });
  return !stopped;
}

int run() {
  const auto settings = readSettings();
  const auto start = steady_clock::now();
  sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  catchStopSignals();
  const auto bytes = static_cast<std::size_t>(settings.memoryMegabytes) * 1024 * 1024;
  const std::unique_ptr<char[]> memory(new char[bytes]);
  std::memset(memory.get(), 1, bytes);

  makeFolders(settings.dataDir);
  WriterWatch writers(settings.dataDir);
  Database database(settings.dataDir + "/webui.db", settings.wal);
  if (!migrate(database, settings)) return 0;
  if (!waitUntil(start + seconds(settings.startDelaySeconds))) return 0;

  App app(settings, database, writers);
  Server server(settings.port);
  say("Application startup complete.");
  const auto crash = start + seconds(settings.crashAfterSeconds);
  bool crashed = false;
  server.run(
      [&](const Request& request) { return app.answer(request); },
      [&] {
        writers.turn();
        crashed = settings.crashAfterSeconds > 0 && steady_clock::now() >= crash;
        return !crashed && app.exitCode() < 0;
      });
  if (crashed) return 3;
  if (app.exitCode() >= 0) return app.exitCode();
  say("Finished server process");
  return 0;
}

}  // namespace
}  // namespace berth::tenant

int main() {
  try {
    return berth::tenant::run();
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "ERROR:    %s\n", exception.what());
    return 1;
  }
}
