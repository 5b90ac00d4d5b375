#include "reconcilers/providers/hosts/local_host_facts.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sys/statvfs.h>

namespace berth::hosts {
namespace {

std::string readAll(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes of a line such as "MemTotal:  16000 kB".
std::optional<std::int64_t> bytesOf(const std::string& meminfo, const std::string& name) {
  const auto at = ("\n" + meminfo).find("\n" + name + ":");
  if (at == std::string::npos) return std::nullopt;
  return std::atoll(meminfo.c_str() + at + name.size() + 1) * 1024;
}

Result<> readDisk(Facts& facts) {
  struct statvfs disk {};
  if (statvfs(facts.dataRoot.c_str(), &disk) != 0)
    return Error{Reason::InternalError, "disk of " + facts.dataRoot + ": " + std::strerror(errno)};
  const auto block = static_cast<std::int64_t>(disk.f_frsize);
  facts.diskBytes = static_cast<std::int64_t>(disk.f_blocks) * block;
  facts.diskAvailableBytes = static_cast<std::int64_t>(disk.f_bavail) * block;
  return Ok{};
}

}  // namespace

Result<> readMemory(const std::string& meminfo, Facts& facts) {
  const auto total = bytesOf(meminfo, "MemTotal");
  const auto available = bytesOf(meminfo, "MemAvailable");
  if (!total || !available)
    return Error{Reason::InternalError, "meminfo lacks MemTotal or MemAvailable"};
  facts.memoryBytes = *total;
  facts.memoryAvailableBytes = *available;
  facts.swapBytes = bytesOf(meminfo, "SwapTotal").value_or(0);
  return Ok{};
}

Result<Facts> LocalHostFacts::read(const Context& context) {
  BERTH_TRY(const auto info, engine_.info(context));
  Facts facts;
  facts.hostName = info.name;
  facts.machineId = info.id;
  facts.engineVersion = info.version;
  facts.apiVersion = info.apiVersion;
  facts.operatingSystem = info.operatingSystem;
  facts.kernel = info.kernel;
  facts.architecture = info.architecture;
  facts.dataRoot = info.dataRoot;
  facts.cpus = info.cpus;
  BERTH_CHECK(readMemory(readAll("/proc/meminfo"), facts));
  BERTH_CHECK(readDisk(facts));
  facts.load1 = std::atof(readAll("/proc/loadavg").c_str());
  return facts;
}

}  // namespace berth::hosts
