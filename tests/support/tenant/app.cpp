#include "tests/support/tenant/app.hpp"

#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/tenant/digest.hpp"

namespace berth::tenant {
namespace {

std::string text(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : value;
}

int number(const char* name, int fallback) {
  return std::atoi(text(name, std::to_string(fallback)).c_str());
}

std::string quoted(const std::string& value) {
  std::string out = "\"";
  for (const char letter : value) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
  }
  return out + '"';
}

std::string param(const Request& request, const std::string& name, const std::string& fallback) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? fallback : found->second;
}

std::string list(const std::vector<std::string>& ids) {
  std::string out = "[";
  for (const auto& id : ids) out += (out.size() > 1 ? "," : "") + quoted(id);
  return out + "]";
}

Response notFound() { return {404, R"({"detail":"Not Found"})"}; }

int countLines(const std::string& path) {
  std::ifstream file(path);
  int lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

}  // namespace

Settings readSettings() {
  Settings settings;
  settings.dataDir = text("DATA_DIR", settings.dataDir);
  settings.port = number("PORT", settings.port);
  settings.name = text("WEBUI_NAME", settings.name);
  if (settings.name != "Open WebUI") settings.name += " (Open WebUI)";  // as the app does
  settings.version = text("BERTH_TENANT_VERSION", settings.version);
  settings.schema = text("BERTH_TENANT_SCHEMA", settings.schema);
  settings.secretKey = text("WEBUI_SECRET_KEY", "");
  const auto wal = text("DATABASE_ENABLE_SQLITE_WAL", "false");
  settings.wal = wal == "true" || wal == "True" || wal == "1";
  settings.startDelaySeconds = number("BERTH_TENANT_START_DELAY", 0);
  settings.migrateSeconds = number("BERTH_TENANT_MIGRATE_SECONDS", 0);
  settings.failHealth = number("BERTH_TENANT_FAIL_HEALTH", 0);
  if (settings.failHealth == 1) settings.failHealth = 503;
  settings.crashAfterSeconds = number("BERTH_TENANT_CRASH_AFTER", 0);
  settings.memoryMegabytes = number("BERTH_TENANT_MEMORY_MB", 0);
  return settings;
}

WriterWatch::WriterWatch(const std::string& dataDir) : folder_(dataDir + "/.berth-tenant") {
  mkdir(folder_.c_str(), 0755);
  lock_ = open((folder_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  std::ofstream(folder_ + "/starts", std::ios::app) << epochSeconds() << '\n';
  turn();
  if (!held_) std::ofstream(folder_ + "/overlaps", std::ios::app) << epochSeconds() << '\n';
}

WriterWatch::~WriterWatch() { close(lock_); }

void WriterWatch::turn() { held_ = held_ || flock(lock_, LOCK_EX | LOCK_NB) == 0; }

std::string WriterWatch::json() const {
  return R"({"starts":)" + std::to_string(countLines(folder_ + "/starts")) + R"(,"overlaps":)" +
         std::to_string(countLines(folder_ + "/overlaps")) + "}";
}

Response App::answer(const Request& request) {
  try {
    if (request.path.starts_with("/_test/")) return answerTest(request);
    return answerApi(request);
  } catch (const std::exception& exception) {
    return {500, R"({"detail":)" + quoted(exception.what()) + "}"};
  }
}

Response App::answerApi(const Request& request) {
  const auto& path = request.path;
  if (path == "/")
    return {200, "<!doctype html><title>" + settings_.name + "</title>", "text/html"};
  if (path == "/health") {
    if (failHealth_ != 0) return {failHealth_, R"({"status":false})"};
    return {200, R"({"status":true})"};
  }
  if (path == "/health/db") {
    database_.ping();
    return {200, R"({"status":true})"};
  }
  if (path == "/api/version") return {200, R"({"version":)" + quoted(settings_.version) + "}"};
  if (path == "/api/config")
    return {
        200,
        R"({"status":true,"name":)" + quoted(settings_.name) + R"(,"version":)" +
            quoted(settings_.version) + R"(,"features":{"auth":true,"enable_websocket":true}})"};
  if (path == "/api/v1/chats/new" && request.method == "POST") {
    const auto& chat = request.body.empty() ? "{}" : request.body;
    const auto ids = database_.addChats(1, "New Chat", chat);
    return {200, R"({"id":)" + quoted(ids.at(0)) + R"(,"user_id":"stand-in","title":"New Chat"})"};
  }
  return notFound();
}

Response App::answerTest(const Request& request) {
  const auto& path = request.path;
  const bool post = request.method == "POST";
  if (path == "/_test/rows") return rows(request);
  if (path == "/_test/writers") return {200, writers_.json()};
  if (path == "/_test/secret-hash")
    return {200, R"({"sha256":)" + quoted(sha256Hex(settings_.secretKey)) + "}"};
  if (path == "/_test/health" && post) {
    const int status = std::atoi(param(request, "status", "200").c_str());
    failHealth_ = status == 200 ? 0 : status;
    return {200, "{}"};
  }
  if (path == "/_test/exit" && post) {
    exitCode_ = std::atoi(param(request, "code", "3").c_str());
    return {200, "{}"};
  }
  return notFound();
}

Response App::rows(const Request& request) {
  const auto id = param(request, "id", "");
  const auto title = param(request, "title", "row");
  if (request.method == "POST") {
    const auto count = std::atoll(param(request, "n", "1").c_str());
    const auto size = std::strtoul(param(request, "size", "0").c_str(), nullptr, 10);
    if (count < 0 || count > 1'000'000 || size > 10'000'000)
      return {400, R"({"detail":"too many"})"};
    const auto chat = R"({"messages":[")" + std::string(size, 'x') + R"("]})";
    return {200, R"({"ids":)" + list(database_.addChats(count, title, chat)) + "}"};
  }
  if (request.method == "PUT")
    return database_.changeChat(id, title) ? Response{200, "{}"} : notFound();
  if (request.method == "DELETE")
    return database_.removeChat(id) ? Response{200, "{}"} : notFound();
  auto body = R"({"count":)" + std::to_string(database_.countChats());
  if (request.query.contains("ids")) body += R"(,"ids":)" + list(database_.chatIds());
  return {200, body + "}"};
}

}  // namespace berth::tenant
