#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

#include <pwd.h>
#include <stdlib.h>

#include "core/sql/postgres.hpp"

namespace berth::support {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr const char* kUser = "postgres";
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kPoll = std::chrono::milliseconds(20);

/// The newest installed server's programs.
fs::path serverPrograms() {
  std::vector<fs::path> found;
  const fs::path root = "/usr/lib/postgresql";
  if (fs::exists(root))
    for (const auto& version : fs::directory_iterator(root))
      if (fs::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
  if (found.empty()) throw std::runtime_error("PostgreSQL is not installed (apt: postgresql)");
  return *std::ranges::max_element(found);
}

std::string readFile(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Until a connection is accepted; throws, with the log, when it never is.
void waitForConnection(const std::string& url, ChildProgram& program, const fs::path& log) {
  const auto until = steady_clock::now() + kPatience;
  while (steady_clock::now() < until && program.running()) {
    auto connection = postgres::Connection::open(url);
    if (connection && connection->query("SELECT 1")) return;
    std::this_thread::sleep_for(kPoll);
  }
  throw std::runtime_error("no connection to " + url + "\n" + readFile(log));
}

std::string urlOf(
    const fs::path& socketFolder, int port, const std::string& database, const std::string& user) {
  return "postgresql:///" + database + "?user=" + user + "&host=" + socketFolder.string() +
         "&port=" + std::to_string(port);
}

constexpr int kServerPort = 5432;
constexpr int kPoolerPort = 6432;

}  // namespace

TemporaryFolder::TemporaryFolder(const std::string& user) {
  std::string path = (fs::temp_directory_path() / "berth-test-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = path;
  if (user.empty() || ::geteuid() != 0) return;
  const passwd* owner = ::getpwnam(user.c_str());
  if (owner == nullptr) throw std::runtime_error("there is no user " + user);
  if (::chown(path.c_str(), owner->pw_uid, owner->pw_gid) != 0)
    throw std::runtime_error("chown " + path);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

PostgresServer::PostgresServer(Options options) : options_(options), folder_(kUser) {
  const auto data = folder_.path() / "data";
  runProgram(
      {serverPrograms() / "initdb",
       "-D",
       data,
       "-U",
       kUser,
       "-A",
       "trust",
       "-E",
       "UTF8",
       "--locale",
       "C.UTF-8",
       "--no-sync",
       "--no-instructions"},
      {.user = kUser, .output = folder_.path() / "initdb.log"});
  start();
}

PostgresServer::~PostgresServer() { crash(); }

void PostgresServer::start() {
  const char* sync = options_.durable ? "on" : "off";
  const auto log = folder_.path() / "server.log";
  server_.emplace(
      std::vector<std::string>{
          serverPrograms() / "postgres",
          "-D",
          folder_.path() / "data",
          "-k",
          folder_.path(),
          "-p",
          std::to_string(kServerPort),
          "-c",
          "listen_addresses=",
          "-c",
          std::string("fsync=") + sync,
          "-c",
          std::string("full_page_writes=") + sync,
          "-c",
          "shared_buffers=32MB",
          "-c",
          "max_connections=60",
          "-c",
          "log_min_messages=fatal"},
      ChildProgram::Options{.user = kUser, .output = log, .endSignal = SIGQUIT});
  waitForConnection(url(), *server_, log);
}

void PostgresServer::crash() { server_.reset(); }

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
  return urlOf(folder_.path(), kServerPort, database, user);
}

void PostgresServer::copyByDump(const std::string& from, const std::string& to) const {
  const auto programs = serverPrograms();
  const auto dump = folder_.path() / "dump";
  runProgram({programs / "pg_dump", "-Fc", "-f", dump, url(from)}, {});
  runProgram({programs / "psql", "-qc", "CREATE DATABASE " + to, url()}, {});
  runProgram({programs / "pg_restore", "-d", url(to), dump}, {});
}

PgBouncer::PgBouncer(const PostgresServer& server, int poolSize) : folder_(kUser) {
  const auto settings = folder_.path() / "pgbouncer.ini";
  const auto log = folder_.path() / "pgbouncer.log";
  std::ofstream(settings) << "[databases]\n* = host=" << server.socketFolder().string()
                          << " port=" << kServerPort << " user=" << kUser
                          << "\n[pgbouncer]\nlisten_addr =\nlisten_port = " << kPoolerPort
                          << "\nunix_socket_dir = " << folder_.path().string()
                          << "\nauth_type = any\npool_mode = transaction\ndefault_pool_size = "
                          << poolSize << "\nserver_login_retry = 1\nmax_client_conn = 200\n";
  program_.emplace(
      std::vector<std::string>{"/usr/sbin/pgbouncer", settings},
      ChildProgram::Options{.user = kUser, .output = log});
  waitForConnection(url(), *program_, log);
}

std::string PgBouncer::url() const { return urlOf(folder_.path(), kPoolerPort, "postgres", kUser); }

}  // namespace berth::support
