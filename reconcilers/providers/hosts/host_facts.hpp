/// @file
/// HostFacts: how big a machine is and how full.
///
/// Thread-safe.  LocalHostFacts reads /proc and asks the engine; FakeHostFacts is
/// a value that tests set.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/context.hpp"
#include "core/base/result.hpp"

namespace berth::hosts {

struct Facts {
  std::string hostName;
  std::string machineId;  // the engine's id: a different one is another machine
  std::string engineVersion;
  std::string apiVersion;
  std::string operatingSystem;
  std::string kernel;
  std::string architecture;
  std::string dataRoot;
  int cpus = 0;
  std::int64_t memoryBytes = 0;
  std::int64_t memoryAvailableBytes = 0;
  std::int64_t swapBytes = 0;
  std::int64_t diskBytes = 0;           // of the file system with the data root
  std::int64_t diskAvailableBytes = 0;  // to ordinary users
  double load1 = 0;

  bool operator==(const Facts&) const = default;
};

class HostFacts {
 public:
  virtual ~HostFacts() = default;
  /// All of them, or an Error: half is an Error.
  virtual Result<Facts> read(const Context& context) = 0;
};

}  // namespace berth::hosts
