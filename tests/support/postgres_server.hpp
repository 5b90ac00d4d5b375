/// @file
/// PostgresServer and PgBouncer: private ones, for tests, in temporary folders and
/// on unix sockets only, gone with the test.
///
/// They throw when the programs are not installed (Debian: postgresql, pgbouncer).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/child_program.hpp"

namespace berth::support {

/// A temporary folder, gone with its owner.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& user = {});
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class PostgresServer {
 public:
  struct Options {
    bool durable = false;  // fsync, for tests that kill it
  };

  /// Makes a cluster and starts it; ready for connections.
  PostgresServer() : PostgresServer(Options{}) {}
  explicit PostgresServer(Options options);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;

  [[nodiscard]] std::string url(
      const std::string& database = "postgres", const std::string& user = "postgres") const;
  [[nodiscard]] const std::filesystem::path& socketFolder() const { return folder_.path(); }
  /// Stops it without a checkpoint, as a crash would; start() recovers.
  void crash();
  void start();
  /// Dumps a database and puts it back as another one, which must not exist.
  void copyByDump(const std::string& from, const std::string& to) const;

 private:
  Options options_;
  TemporaryFolder folder_;
  std::optional<ChildProgram> server_;
};

/// A pooler in transaction mode in front of a server.
class PgBouncer {
 public:
  PgBouncer(const PostgresServer& server, int poolSize);
  [[nodiscard]] std::string url() const;

 private:
  TemporaryFolder folder_;
  std::optional<ChildProgram> program_;
};

}  // namespace berth::support
