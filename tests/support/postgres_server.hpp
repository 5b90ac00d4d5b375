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
    bool tls = false;      // on 127.0.0.1 too, with a certificate of authority()
  };

  /// Makes a cluster and starts it; ready for connections.
  PostgresServer() : PostgresServer(Options{}) {}
  explicit PostgresServer(Options options);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;

  [[nodiscard]] std::string url(
      const std::string& database = "postgres", const std::string& user = "postgres") const;
  /// The same over TCP, checked as `sslmode=verify-full` is against an authority's file.
  [[nodiscard]] std::string verifiedUrl(const std::filesystem::path& authority) const;
  /// The file of the authority that signed the server's certificate.
  [[nodiscard]] std::filesystem::path authority() const { return folder_.path() / "ca.crt"; }
  [[nodiscard]] const std::filesystem::path& socketFolder() const { return folder_.path(); }
  [[nodiscard]] int port() const { return port_; }
  /// Stops it without a checkpoint, as a crash would; start() recovers.
  void crash();
  void start();
  /// Dumps a database and puts it back as another one, which must not exist.
  void copyByDump(const std::string& from, const std::string& to) const;

 private:
  void makeCertificate() const;

  Options options_;
  TemporaryFolder folder_;
  int port_ = 5432;
  std::optional<ChildProgram> server_;
};

/// A pooler in transaction mode in front of a server.
class PgBouncer {
 public:
  /// Whoever connects is `user` to the server.
  PgBouncer(const PostgresServer& server, int poolSize, const std::string& user = "postgres");
  [[nodiscard]] std::string url() const;

 private:
  TemporaryFolder folder_;
  std::optional<ChildProgram> program_;
};

}  // namespace berth::support
