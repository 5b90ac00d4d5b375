#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <fstream>
#include <netinet/in.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <pwd.h>
#include <stdlib.h>

#include "core/base/clock.hpp"
#include "core/crypto/certificate.hpp"
#include "core/crypto/private_file.hpp"
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

constexpr int kPoolerPort = 6432;

/// One that nobody listened on just now.
int freePort() {
  const int file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool known = ::bind(file, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(file);
  if (!known) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

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
  if (options_.tls) {
    makeCertificate();
    port_ = freePort();
  }
  start();
}

PostgresServer::~PostgresServer() { crash(); }

void PostgresServer::makeCertificate() const {
  const Time now = SystemClock().wall();
  const auto day = std::chrono::hours(24);
  const auto signer = makeAuthority("test-ca", now - day, now + day);
  const auto made = berth::makeCertificate(
      signer.value(),
      {.commonName = "database",
       .ipAddresses = {"127.0.0.1"},
       .notBefore = now - day,
       .notAfter = now + day});
  std::ofstream(authority()) << signer->certificatePem;
  std::ofstream(folder_.path() / "server.crt") << made.value().certificatePem;
  const auto key = folder_.path() / "server.key";
  if (!writePrivateFile(key, made->keyPem.reveal()))
    throw std::runtime_error("write " + key.string());
  const passwd* owner = ::getpwnam(kUser);
  if (::geteuid() == 0 && ::chown(key.c_str(), owner->pw_uid, owner->pw_gid) != 0)
    throw std::runtime_error("chown " + key.string());
}

void PostgresServer::start() {
  const char* sync = options_.durable ? "on" : "off";
  const auto log = folder_.path() / "server.log";
  const auto tlsFile = [&](const char* name) { return (folder_.path() / name).string(); };
  const std::vector<std::string> tls = {
      "-c",
      "listen_addresses=127.0.0.1",
      "-c",
      "ssl=on",
      "-c",
      "ssl_cert_file=" + tlsFile("server.crt"),
      "-c",
      "ssl_key_file=" + tlsFile("server.key")};
  std::vector<std::string> command = {
      serverPrograms() / "postgres",
      "-D",
      folder_.path() / "data",
      "-k",
      folder_.path(),
      "-p",
      std::to_string(port_),
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
      "log_min_messages=fatal"};
  if (options_.tls) command.insert(command.end(), tls.begin(), tls.end());
  server_.emplace(
      command, ChildProgram::Options{.user = kUser, .output = log, .endSignal = SIGQUIT});
  waitForConnection(url(), *server_, log);
}

void PostgresServer::crash() { server_.reset(); }

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
  return urlOf(folder_.path(), port_, database, user);
}

std::string PostgresServer::verifiedUrl(const fs::path& authority) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) +
         "/postgres?sslmode=verify-full&sslrootcert=" + authority.string();
}

void PostgresServer::copyByDump(const std::string& from, const std::string& to) const {
  const auto programs = serverPrograms();
  const auto dump = folder_.path() / "dump";
  runProgram({programs / "pg_dump", "-Fc", "-f", dump, url(from)}, {});
  runProgram({programs / "psql", "-qc", "CREATE DATABASE " + to, url()}, {});
  runProgram({programs / "pg_restore", "-d", url(to), dump}, {});
}

PgBouncer::PgBouncer(const PostgresServer& server, int poolSize, const std::string& user)
    : folder_(kUser) {
  const auto settings = folder_.path() / "pgbouncer.ini";
  const auto log = folder_.path() / "pgbouncer.log";
  std::ofstream(settings) << "[databases]\n* = host=" << server.socketFolder().string()
                          << " port=" << server.port() << " user=" << user
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
