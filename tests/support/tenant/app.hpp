/// @file
/// App: what the stand-in tenant answers: Open WebUI's endpoints that an operator
/// sees, and /_test for those who test an operator.  One thread.
#pragma once

#include <string>

#include "tests/support/tenant/database.hpp"
#include "tests/support/tenant/server.hpp"

namespace berth::tenant {

/// From the environment; README.md has the list.
struct Settings {
  std::string dataDir = "/app/backend/data";
  int port = 8080;
  std::string name = "Open WebUI";
  std::string version = "0.6.31";
  std::string schema{kSchemaVersion};
  std::string secretKey;
  bool wal = false;
  int startDelaySeconds = 0;
  int migrateSeconds = 0;
  int failHealth = 0;  // the status that /health has
  int crashAfterSeconds = 0;
  int memoryMegabytes = 0;
};

Settings readSettings();

/// Holds a lock in the data directory as long as it can write there, and notes when
/// another writer holds it: two at once are never right.
class WriterWatch {
 public:
  explicit WriterWatch(const std::string& dataDir);
  ~WriterWatch();
  WriterWatch(const WriterWatch&) = delete;
  WriterWatch& operator=(const WriterWatch&) = delete;

  /// Takes the lock if it is free now.
  void turn();
  [[nodiscard]] std::string json() const;

 private:
  std::string folder_;
  int lock_ = -1;
  bool held_ = false;
};

class App {
 public:
  App(const Settings& settings, Database& database, WriterWatch& writers)
      : settings_(settings),
        database_(database),
        writers_(writers),
        failHealth_(settings.failHealth) {}

  Response answer(const Request& request);
  /// Set by POST /_test/exit.
  [[nodiscard]] int exitCode() const { return exitCode_; }

 private:
  Response answerApi(const Request& request);
  Response answerTest(const Request& request);
  Response rows(const Request& request);

  const Settings& settings_;
  Database& database_;
  WriterWatch& writers_;
  int failHealth_ = 0;
  int exitCode_ = -1;
};

}  // namespace berth::tenant
